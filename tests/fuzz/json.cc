// json: whatever is written is well-formed, and a string is read back as it was.

#include "base/json.h"

#include "base/text.h"
#include "fuzz/fuzz.h"

using namespace coffer;

namespace {

// A reader of what JsonWriter writes: RFC 8259 without blanks, fractions and short escapes.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  std::string string() {
    std::string value;
    expect('"');
    while (!take('"')) {
      must(!left_.empty());
      auto c = left_.front();
      must(static_cast<unsigned char>(c) >= 0x20 && c != '<');
      left_.remove_prefix(1);
      if (c == '\\') {
        must(left_.starts_with("u00"));
        auto byte = unhex(left_.substr(3, 2));
        must(byte && byte->size() == 1);
        c = static_cast<char>(byte->front());
        left_.remove_prefix(5);
      }
      value += c;
    }
    return value;
  }

  void value() {
    if (take('{')) {
      list('}', [this] { string(), expect(':'), value(); });
    } else if (take('[')) {
      list(']', [this] { value(); });
    } else if (left_.starts_with('"')) {
      string();
    } else {
      auto word = left_.substr(0, left_.find_first_of(",]}"));
      must(word == "true" || word == "false" || word == "null" || parse_number(word));
      left_.remove_prefix(word.size());
    }
  }

  bool at_end() const { return left_.empty(); }

 private:
  bool take(char c) {
    if (!left_.starts_with(c)) return false;
    left_.remove_prefix(1);
    return true;
  }
  void expect(char c) { must(take(c)); }
  void list(char end, auto item) {
    if (take(end)) return;
    do item();
    while (take(','));
    expect(end);
  }

  std::string_view left_;
};

// Writes objects and arrays as the input's bytes have it, its lines as names and values.
void write(JsonWriter& json, std::string_view& input, int depth) {
  bool object = !input.starts_with('[');
  object ? json.begin_object() : json.begin_array();
  while (!input.empty()) {
    auto line = take_line(input);
    if (line == "]" || line == "}") break;
    if (object) json.key(line);
    if (line.empty()) {
      json.null();
    } else if (line.front() == '{' && depth > 0) {
      write(json, input, depth - 1);
    } else if (line.front() == 't') {
      json.value(line == "true");
    } else if (auto number = parse_number(line)) {
      json.value(*number);
    } else {
      json.value(line);
    }
  }
  object ? json.end_object() : json.end_array();
}

}  // namespace

void fuzz(std::string_view input) {
  JsonWriter text;
  text.value(input);
  must(Reader(text.text()).string() == input);

  JsonWriter json;
  write(json, input, 20);
  Reader reader(json.text());
  reader.value();
  must(reader.at_end());
}
