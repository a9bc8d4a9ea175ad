// Transfer: one request and its answer, on their way through libcurl in fixed memory. For
// HttpClient only.

#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/http.h"

namespace coffer {

/// A handle of libcurl's, in a set of its own: the set keeps the connection for the next transfer,
/// and lets a transfer pause while nobody reads.
struct Wire {
  Wire();
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  CURL* easy;
  CURLM* multi;
  curl_socket_t socket = CURL_SOCKET_BAD;  // of its connection, as long as that lives
};

/// Wires that wait for the next request, their connections open.
class IdleWires {
 public:
  std::unique_ptr<Wire> take();
  void give(std::unique_ptr<Wire> wire);

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Wire>> wires_;
};

class Transfer : public Source {
 public:
  Transfer(std::shared_ptr<IdleWires> idle, const HttpOptions& options, HttpRequest request);
  ~Transfer() override;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// Sends the request. Returns when the answer's head is there.
  Result<> begin();

  int status() const;
  HttpHeaders& headers() { return headers_; }

  /// The answer's body.
  Result<std::size_t> read(std::span<char> buffer) override;

 private:
  void set_options(const HttpOptions& options);
  void set_request();
  Result<> drive();
  void acknowledge_at_once();
  bool is_whole() const;
  Error failure(CURLcode code) const;
  std::size_t on_body(std::string_view bytes);
  bool on_header(std::string_view line);
  std::size_t on_send(std::span<char> buffer);

  static int socket_callback(void* wire, curl_socket_t socket, curlsocktype);
  static std::size_t body_callback(char* bytes, std::size_t, std::size_t size, void* transfer);
  static std::size_t header_callback(char* line, std::size_t, std::size_t size, void* transfer);
  static std::size_t send_callback(char* buffer, std::size_t, std::size_t size, void* transfer);

  std::shared_ptr<IdleWires> idle_;
  std::unique_ptr<Wire> wire_;
  HttpRequest request_;
  curl_slist* header_list_ = nullptr;
  std::uint64_t to_send_ = 0;

  HttpHeaders headers_;
  std::size_t header_bytes_ = 0;
  bool head_ended_ = false;
  bool has_length_ = false;  // or says itself where it ends
  std::string received_;
  std::size_t taken_ = 0;  // of received_
  bool paused_ = false;
  std::optional<CURLcode> ended_;
  std::optional<Error> broken_;  // by us: the request's body, or a head that is too large
};

}  // namespace coffer
