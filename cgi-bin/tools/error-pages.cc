// error-pages TEMPLATES DIRECTORY
//
// Writes what the web server answers when no program has seen the request, or none is there:
// DIRECTORY/page-404.html, the page that a program would show, and DIRECTORY/problem-404.html,
// problem details (RFC 9457), and so on for every status below. Problem details are not HTML, but
// lighttpd asks for these names and no others; conf/lighttpd.conf says which reader gets which.
//
// Exit 1 if one cannot be written.

#include <fcntl.h>

#include <filesystem>
#include <iostream>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "http/message.h"
#include "view/view.h"

namespace {

using namespace coffer;
using std::filesystem::path;

struct Page {
  int status;
  const char* sentence;
};

/// The statuses that lighttpd 1.4 makes by itself.
constexpr Page kPages[] = {
    {400, "the address, a header or the length in this request cannot be read"},
    {403, "this address is not open to anybody"},
    {404, "there is nothing at this address; it may be mistyped, moved or deleted"},
    {405, "this address does not answer that method"},
    {411, "a body needs a Content-Length"},
    {412, "a condition in this request does not hold"},
    {413, "this request is larger than the address takes"},
    {414, "the address is too long"},
    {416, "there are no such bytes in the file"},
    {431, "the headers of this request are too long"},
    {500, "something went wrong on our side; nothing of yours is lost"},
    {501, "this server does not know that method or transfer encoding"},
    {502, "part of this cloud gave no proper answer; nothing is lost, try again in a moment"},
    {503, "part of this cloud does not answer right now; nothing is lost, try again in a moment"},
    {504, "part of this cloud took too long; nothing is lost, try again in a moment"},
    {505, "this server speaks HTTP/1.1 and HTTP/1.0"},
};

std::string problem(const Page& page) {
  JsonWriter json;
  json.begin_object();
  json.member("type", "about:blank");
  json.member("title", reason_of(page.status));
  json.member("status", static_cast<unsigned>(page.status));
  json.member("detail", page.sentence);
  json.end_object();
  return json.text() + "\n";
}

Result<> write_file(const path& name, std::string_view text) {
  auto file = open_file(name, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return file.error();
  return write_all(file->get(), text, name);
}

Result<> write_pages(const path& templates, const path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  Views views(templates);
  for (const Page& page : kPages) {
    auto name = std::to_string(page.status) + ".html";
    Data data;
    data["lang"] = Data(std::string(tag_of(Language::english)));
    data["title"] = Data(std::string(reason_of(page.status)));
    data["sentence"] = Data(page.sentence);
    auto html = views.render(Language::english, "error.html", data);
    if (!html) return html.error();
    if (auto done = write_file(directory / ("page-" + name), *html); !done) return done;
    if (auto done = write_file(directory / ("problem-" + name), problem(page)); !done) return done;
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: error-pages TEMPLATES DIRECTORY\n";
    return 2;
  }
  auto done = write_pages(argv[1], argv[2]);
  if (!done) std::cerr << "error-pages: " << done.error().message << "\n";
  return done ? 0 : 1;
}
