// ScriptedServer: an HTTP server that answers one request after the other with what a test tells
// it to, byte for byte, however wrong.

#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"

namespace coffer {

/// A whole answer: `head` is its status and what headers it has besides its length.
inline std::string answer_of(const std::string& head, const std::string& body = "") {
  return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

class ScriptedServer {
 public:
  /// An empty answer is silence. A connection on which an answer was no answer_of() is closed.
  explicit ScriptedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    sockaddr_in address{
        .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 9) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0)
      ADD_FAILURE() << "no server";
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }

  ~ScriptedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// What it was asked so far, heads with bodies.
  std::vector<std::string> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  int connections() {
    std::lock_guard lock(mutex_);
    return connections_;
  }

 private:
  void run() {
    for (;;) {
      std::vector<pollfd> fds{{listener_.get(), POLLIN, 0}};
      for (auto& peer : peers_) fds.push_back({peer.get(), POLLIN, 0});
      ::poll(fds.data(), fds.size(), -1);
      if (fds[0].revents & POLLHUP) return;
      for (std::size_t i = peers_.size(); i-- > 0;)
        if (fds[i + 1].revents && !serve(peers_[i].get()))
          peers_.erase(peers_.begin() + static_cast<std::ptrdiff_t>(i));
      if (!(fds[0].revents & POLLIN)) continue;
      peers_.emplace_back(::accept(listener_.get(), nullptr, nullptr));
      std::lock_guard lock(mutex_);
      connections_++;
    }
  }

  // One request and its answer; whether there may be another.
  bool serve(int peer) {
    std::string request;
    std::size_t whole = std::string::npos;
    while (request.size() < whole) {
      char buffer[65536];
      auto n = ::read(peer, buffer, sizeof buffer);
      if (n <= 0) return false;
      request.append(buffer, static_cast<std::size_t>(n));
      auto end = request.find("\r\n\r\n");
      auto length = request.find("Content-Length: ");
      if (end == request.npos) continue;
      whole = end + 4;
      if (length < end) whole += std::stoul(request.substr(length + 16));
    }
    std::string answer;
    {
      std::lock_guard lock(mutex_);
      answer = requests_.size() < answers_.size() ? answers_[requests_.size()] : "";
      requests_.push_back(request);
    }
    // The client may have had enough of it already.
    ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    auto head = answer.find("\r\n\r\n");
    auto length = answer.find("Content-Length: ");
    if (answer.empty()) return true;
    return head != answer.npos && length < head &&
           (request.starts_with("HEAD") ||
            answer.size() == head + 4 + std::stoul(answer.substr(length + 16)));
  }

  std::vector<std::string> answers_;
  Fd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
  std::vector<Fd> peers_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  int connections_ = 0;
  std::thread thread_;
};

}  // namespace coffer
