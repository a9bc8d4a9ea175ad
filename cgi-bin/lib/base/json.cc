#include "base/json.h"

namespace coffer {

void JsonWriter::separate() {
  if (comma_) text_ += ',';
  comma_ = true;
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  comma_ = false;
}

void JsonWriter::close(char bracket) {
  text_ += bracket;
  comma_ = true;
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  text_ += ':';
  comma_ = false;
}

void JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
}

void JsonWriter::value(bool truth) {
  separate();
  text_ += truth ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  text_ += "null";
}

// '<' is escaped too, so that the text is harmless should somebody put it into a page.
void JsonWriter::quote(std::string_view text) {
  text_ += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); i++) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != '<' && byte != 0x7f) continue;
    text_.append(text, plain, i - plain);
    plain = i + 1;
    text_ += "\\u00";
    text_ += "0123456789abcdef"[byte >> 4];
    text_ += "0123456789abcdef"[byte & 15];
  }
  text_.append(text, plain);
  text_ += '"';
}

}  // namespace coffer
