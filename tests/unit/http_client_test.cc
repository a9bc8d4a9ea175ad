#include <gtest/gtest.h>

#include <algorithm>

#include "net/http.h"
#include "unit/scripted_server.h"

namespace coffer {
namespace {

constexpr std::size_t kLimit = 4 << 20;

HttpClient new_client() { return HttpClient({.stall = std::chrono::seconds(1)}); }

// What comes of a GET that is answered so: its body, or the error's text.
std::string outcome_of(const std::string& answer, Errc code = Errc::unavailable) {
  ScriptedServer server({answer});
  auto result = new_client().exchange({.url = server.url() + "/?secret"}, kLimit);
  if (result) return result->body;
  EXPECT_EQ(result.error().code, code);
  EXPECT_EQ(result.error().message.find("secret"), std::string::npos) << result.error().message;
  return "error: " + result.error().message;
}

TEST(HttpClient, ReturnsStatusHeadersAndBody) {
  ScriptedServer server({answer_of("404 Not Found\r\nX-Some: \t thing ", "nothing here")});
  auto answer =
      new_client().exchange({.url = server.url() + "/a/../b?c", .headers = {{"x-y", "z"}}}, 99);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(header_of(answer->headers, "x-some"), "thing");
  EXPECT_EQ(header_of(answer->headers, "x-other"), "");
  EXPECT_EQ(answer->body, "nothing here");
  EXPECT_TRUE(server.requests().at(0).starts_with("GET /a/../b?c HTTP/1.1\r\n"));
  EXPECT_NE(server.requests().at(0).find("\r\nx-y: z\r\n"), std::string::npos);
}

TEST(HttpClient, SendsABodyWithItsLengthAndWaitsForNoLeave) {
  ScriptedServer server({answer_of("200 OK"), answer_of("200 OK")});
  auto client = new_client();
  std::string body(3'000'000, 'x');
  auto sent = client.exchange({.method = "PUT",
                               .url = server.url(),
                               .body = std::make_unique<StringSource>(body),
                               .body_size = body.size()},
                              0);
  EXPECT_TRUE(sent);
  EXPECT_TRUE(client.exchange({.method = "POST", .url = server.url()}, 0));
  auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[0].find("Content-Length: 3000000\r\n"), std::string::npos);
  EXPECT_EQ(requests[0].find("Expect"), std::string::npos);
  EXPECT_TRUE(requests[0].ends_with("\r\n\r\n" + body));
  EXPECT_NE(requests[1].find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(HttpClient, KeepsItsConnection) {
  ScriptedServer server({answer_of("200 OK", "one"), answer_of("204 No Content"),
                         answer_of("200 OK", "two"),
                         "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"});
  auto client = new_client();
  EXPECT_EQ(client.exchange({.url = server.url()}, 9)->body, "one");
  EXPECT_TRUE(client.exchange({.method = "DELETE", .url = server.url()}, 9));
  EXPECT_EQ(client.exchange({.url = server.url()}, 9)->body, "two");
  auto head = client.exchange({.method = "HEAD", .url = server.url()}, 9);
  EXPECT_EQ(header_of(head->headers, "content-length"), "9");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, ABodyThatIsTooShortIsAFailure) {
  EXPECT_NE(
      outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort").find("error: no whole"),
      std::string::npos);
  EXPECT_NE(
      outcome_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nsho").find("error"),
      std::string::npos);
}

TEST(HttpClient, ABodyThatIsTooLargeIsAFailure) {
  EXPECT_EQ(outcome_of(answer_of("200 OK", std::string(kLimit, 'x'))).size(), kLimit);
  EXPECT_EQ(outcome_of(answer_of("200 OK", std::string(kLimit + 1, 'x')), Errc::too_large),
            "error: more than 4194304 bytes");
}

TEST(HttpClient, GarbageIsAFailure) {
  for (auto garbage : {"garbage\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\r\n\r\n", "HTTP/1.1 200 OK\r\n",
                       "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\n\r\nto the end"})
    EXPECT_TRUE(outcome_of(garbage).starts_with("error: ")) << garbage;
}

TEST(HttpClient, AHeadThatIsTooLargeIsAFailure) {
  std::string head = "200 OK";
  for (int i = 0; i < 70; i++) head += "\r\nX-" + std::to_string(i) + ": " + std::string(1000, 'x');
  EXPECT_NE(outcome_of(answer_of(head)).find("is too large"), std::string::npos);
}

TEST(HttpClient, SilenceIsAFailure) {
  EXPECT_NE(outcome_of("").find("Timeout"), std::string::npos);
}

TEST(HttpClient, AHostThatIsNotThereIsAFailure) {
  std::string url;
  { url = ScriptedServer({}).url(); }
  EXPECT_EQ(new_client().exchange({.url = url}, 9).error().code, Errc::unavailable);
  EXPECT_EQ(new_client().exchange({.url = "file:///etc/passwd"}, 9).error().code,
            Errc::unavailable);
}

TEST(HttpClient, RedirectsAreNotFollowed) {
  ScriptedServer server({answer_of("302 Found\r\nLocation: /other")});
  EXPECT_EQ(new_client().exchange({.url = server.url()}, 9)->status, 302);
}

class Broken : public Source {
 public:
  Result<std::size_t> read(std::span<char>) override { return Error{Errc::no_space, "broken"}; }
};

TEST(HttpClient, ABodyThatCannotBeReadSaysWhy) {
  ScriptedServer server({});
  auto put = [&](std::unique_ptr<Source> body) {
    return new_client()
        .exchange({.method = "PUT", .url = server.url(), .body = std::move(body), .body_size = 5},
                  9)
        .error();
  };
  EXPECT_EQ(put(std::make_unique<Broken>()).message, "broken");
  EXPECT_EQ(put(std::make_unique<StringSource>("four")).code, Errc::data_loss);
}

TEST(HttpClient, AStreamIsReadAsItComes) {
  std::string body(3'000'001, '\0');
  for (std::size_t i = 0; i < body.size(); i++) body[i] = static_cast<char>(i * i >> 7);
  ScriptedServer server({answer_of("200 OK", body)});
  std::unique_ptr<Source> source;
  {
    auto stream = new_client().open({.url = server.url()});
    ASSERT_TRUE(stream);
    EXPECT_EQ(header_of(stream->headers, "content-length"), "3000001");
    source = std::move(stream->body);
  }
  EXPECT_TRUE(*read_all(*source, kLimit) == body);
}

TEST(HttpClient, AStreamThatBreaksGivesWhatItHadFirst) {
  ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"});
  auto stream = new_client().open({.url = server.url()});
  char buffer[10];
  EXPECT_EQ(*stream->body->read(buffer), 5u);
  EXPECT_EQ(stream->body->read(buffer).error().code, Errc::unavailable);
}

TEST(HttpClient, IsForManyThreads) {
  std::vector<std::string> answers(40, answer_of("200 OK", "hello"));
  ScriptedServer server(answers);
  auto client = new_client();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&] {
      for (int round = 0; round < 10; round++)
        EXPECT_EQ(client.exchange({.url = server.url()}, 9)->body, "hello");
    });
  for (auto& thread : threads) thread.join();
  EXPECT_LE(server.connections(), 4);
}

}  // namespace
}  // namespace coffer
