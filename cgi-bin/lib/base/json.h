// JsonWriter: JSON (RFC 8259) as it is written, without a tree in between.
//
//   JsonWriter json;
//   json.begin_object();
//   json.member("name", entry.name);
//   json.member("size", entry.size);
//   json.end_object();
//   json.text();   // {"name":"a.txt","size":5}

#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace coffer {

class JsonWriter {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool truth);
  void value(std::unsigned_integral auto number) {
    separate();
    text_ += std::to_string(number);
  }
  void null();

  template <class T>
  void member(std::string_view name, const T& its_value) {
    key(name);
    value(its_value);
  }

  std::string& text() { return text_; }

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);
  void quote(std::string_view text);

  std::string text_;
  bool comma_ = false;
};

}  // namespace coffer
