#include "http/serve.h"

#include <fcgiapp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "http/body.h"
#include "http/receive.h"

namespace coffer {
namespace {

constexpr int kListen = 0;
constexpr Patience kPatience;

std::string new_request_id() {
  std::uint8_t bytes[6];
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return "none";
  return hex(bytes);
}

Result<> send_bytes(std::string_view bytes, FCGX_Stream* out) {
  if (FCGX_PutStr(bytes.data(), static_cast<int>(bytes.size()), out) >= 0) return {};
  return Error{Errc::unavailable, "the client is gone"};
}

Result<> send(Response& response, FCGX_Stream* out) {
  std::string head = "Status: " + std::to_string(response.status) + "\r\n";
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  head += "\r\n";
  if (auto sent = send_bytes(head + response.body, out); !sent) return sent;
  if (!response.stream) return {};
  auto streamed =
      copy(*response.stream, [&](std::string_view bytes) { return send_bytes(bytes, out); });
  if (!streamed) return streamed.error();
  return {};
}

class Server {
 public:
  Server(std::string_view name, unsigned most_threads, const Handler& handle,
         const ErrorPage& error_page)
      : name_(name),
        most_(most_threads),
        handle_(handle),
        error_page_(error_page),
        stop_(::eventfd(0, EFD_CLOEXEC)) {}

  void start_worker() {
    std::scoped_lock lock(workers_mutex_);
    if (workers_.size() >= most_) return;
    workers_.emplace_back([this] { work(); });
  }

  void stop() {
    stopping_ = true;
    ::eventfd_write(stop_.get(), 1);
    // A worker may start another one until it has seen the stop, so the list is read anew.
    for (std::size_t i = 0;; i++) {
      std::unique_lock lock(workers_mutex_);
      if (i == workers_.size()) return;
      auto& worker = workers_[i];
      lock.unlock();
      worker.join();
    }
  }

 private:
  void work();
  int take();
  int accept();
  Response answer(FCGX_Request& fcgi, Request& request);

  std::string_view name_;
  unsigned most_;
  const Handler& handle_;
  const ErrorPage& error_page_;
  Fd stop_;
  std::mutex accept_mutex_;
  std::mutex workers_mutex_;
  std::deque<std::thread> workers_;
  std::atomic<int> idle_ = 0;
  std::atomic<bool> stopping_ = false;
};

// A connection, with its time limits; -1 if none is there, or another process was quicker.
int Server::take() {
  int fd = ::accept4(kListen, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return -1;
  // lighttpd takes a small answer at once, whatever its reader does, and gives up by itself on who
  // stops reading a long one: silence is the only way in which it can be slow.
  timeval silence{kPatience.silence / std::chrono::seconds(1), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &silence, sizeof silence);
  return fd;
}

// Waits for a connection; -1 when it is time to stop. One thread waits for all, so that a
// connection wakes one of them and not every one.
int Server::accept() {
  // Under load the next one is there already, and needs no waiting in turn.
  if (int fd = stopping_ ? -1 : take(); fd >= 0) return fd;
  std::scoped_lock lock(accept_mutex_);
  for (;;) {
    pollfd ready[] = {{kListen, POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) continue;
    if (ready[1].revents) return -1;
    if (int fd = take(); fd >= 0) return fd;
  }
}

Response Server::answer(FCGX_Request& fcgi, Request& request) {
  auto received = receive(fcgi.envp);
  if (!received) return error_page_(request, received.error());
  received->id = std::move(request.id);
  request = std::move(*received);
  request.cut = [fd = fcgi.ipcFd] { ::shutdown(fd, SHUT_RD); };
  request.body = std::make_unique<Body>(*fcgi.in, request.length.value_or(0), kPatience);
  try {
    auto response = handle_(request);
    return response ? std::move(*response) : error_page_(request, response.error());
  } catch (const std::exception& thrown) {
    return error_page_(request, {Errc::internal, thrown.what()});
  }
}

void Server::work() {
  using Clock = std::chrono::steady_clock;
  for (;;) {
    idle_++;
    int fd = accept();
    // The last idle thread sees to it that there is another one before it gets busy.
    if (--idle_ == 0 && fd >= 0) start_worker();
    if (fd < 0) return;

    FCGX_Request fcgi;
    FCGX_InitRequest(&fcgi, -1, 0);
    // A connection that we accepted, with time limits, is one that was kept from a request
    // before, as libfcgi sees it; its own accept() knows no limits and no time to stop.
    fcgi.ipcFd = fd;
    fcgi.keepConnection = 1;
    if (FCGX_Accept_r(&fcgi) != 0) continue;
    auto start = Clock::now();
    Request request{.id = new_request_id()};
    auto response = answer(fcgi, request);
    response.headers.add("X-Request-Id", request.id);
    if (request.method == "HEAD") response.stream.reset();
    auto sent = send(response, fcgi.out);
    request.body.reset();
    // Without the record that ends a response, lighttpd breaks the connection, and the client
    // learns that it has not got everything.
    if (sent)
      FCGX_Finish_r(&fcgi);
    else
      FCGX_Free(&fcgi, 1);

    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
    Log log(name_);
    log.add("method", request.method).add("path", request.path);
    for (const auto& [key, value] : request.notes) log.add(key, value);
    if (!sent) log.add("broken", sent.error().message);
    log.add("status", response.status).add("ms", took.count()).add("id", request.id).write();
  }
}

}  // namespace

int serve(std::string_view name, unsigned most_threads, const Handler& handle,
          const ErrorPage& error_page) {
  // Signals go to this thread only. In a thread that reads a body one would end the read
  // (EINTR, for sockets with a time limit even under SA_RESTART) and with it the upload.
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  FCGX_Init();

  Server server(name, most_threads, handle, error_page);
  server.start_worker();
  Log(name).add("event", "ready").write();
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  Log(name).add("event", "stopped").write();
  return 0;
}

}  // namespace coffer
