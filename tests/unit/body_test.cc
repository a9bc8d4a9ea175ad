#include "http/body.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "base/file.h"

namespace coffer {
namespace {

using namespace std::chrono_literals;

// A request on one end of a pair of sockets, as serve.cc has it from lighttpd; the test is
// lighttpd at the other end.
class BodyTest : public testing::Test {
 protected:
  BodyTest() {
    std::signal(SIGPIPE, SIG_IGN);
    FCGX_Init();
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    server_ = Fd(ends[0]);
    send(1, std::string("\0\1\0\0\0\0\0\0", 8));  // begin: a responder
    send(4, "");                                  // no parameters
    FCGX_InitRequest(&request_, -1, 0);
    request_.ipcFd = ends[1];
    request_.keepConnection = 1;
    EXPECT_EQ(FCGX_Accept_r(&request_), 0);
  }
  ~BodyTest() override {
    server_.close();
    FCGX_Finish_r(&request_);
    FCGX_Free(&request_, 1);
  }

  // A record of the FastCGI specification, §3.3. False when the program has hung up.
  bool send(int type, const std::string& content) {
    std::string record{'\1', static_cast<char>(type), '\0', '\1'};
    record += static_cast<char>(content.size() >> 8);
    record += static_cast<char>(content.size());
    record += std::string(2, '\0') + content;
    auto sent = ::send(server_.get(), record.data(), record.size(), MSG_NOSIGNAL);
    return sent == static_cast<ssize_t>(record.size());
  }
  bool send_body(const std::string& bytes) { return send(5, bytes); }

  Body body(std::uint64_t length, const Patience& patience = {}) {
    return Body(*request_.in, length, patience);
  }

  Fd server_;
  FCGX_Request request_;
};

TEST_F(BodyTest, IsWhatWasSentHoweverItIsSplit) {
  std::string text;
  for (int i = 0; i < 30'000; i++) text += static_cast<char>(i * 7 + i / 256);
  std::thread client([&] {
    for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step * 3 % 5003)
      send_body(text.substr(at, step));
    send_body("");
  });
  auto body = this->body(text.size());
  EXPECT_EQ(*read_all(body, 1 << 20), text);
  client.join();
}

TEST_F(BodyTest, EndsAtItsLengthWhateverElseComes) {
  send_body("hello, and more");
  auto body = this->body(5);
  EXPECT_EQ(*read_all(body, 100), "hello");
}

TEST_F(BodyTest, OneThatEndsEarlyIsRefused) {
  send_body("hello");
  send_body("");
  auto body = this->body(6);
  EXPECT_EQ(read_all(body, 100).error().code, Errc::invalid_argument);
}

TEST_F(BodyTest, AClientThatFallsSilentHasTimedOut) {
  timeval silence{0, 20'000};
  ::setsockopt(request_.ipcFd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
  send_body("hello");
  auto body = this->body(6);
  EXPECT_EQ(read_all(body, 100).error().code, Errc::timed_out);
}

TEST_F(BodyTest, AClientThatTricklesHasTimedOut) {
  std::atomic<bool> done = false;
  std::thread client([&] {
    while (!done && send_body("x")) std::this_thread::sleep_for(1ms);
  });
  auto body = this->body(1 << 20, {.span = 50ms, .least = 1000});
  EXPECT_EQ(read_all(body, 1 << 20).error().code, Errc::timed_out);
  done = true;
  client.join();
}

TEST_F(BodyTest, AClientThatIsSlowButFastEnoughIsServed) {
  constexpr int kPieces = 200;
  std::thread client([&] {
    for (int i = 0; i < kPieces; i++) {
      send_body(std::string(10, 'x'));
      std::this_thread::sleep_for(1ms);
    }
  });
  auto body = this->body(kPieces * 10, {.span = 20ms, .least = 1});
  EXPECT_EQ(read_all(body, 1 << 20)->size(), kPieces * 10u);
  client.join();
}

TEST_F(BodyTest, TimeThatWeTakeOurselvesIsNotTheClients) {
  auto body = this->body(2, {.span = 200ms, .least = 1000});
  std::vector<char> buffer(1);
  send_body("x");
  ASSERT_TRUE(body.read(buffer));
  std::this_thread::sleep_for(250ms);
  send_body("y");
  EXPECT_TRUE(body.read(buffer));
}

}  // namespace
}  // namespace coffer
