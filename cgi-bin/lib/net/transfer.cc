#include "net/transfer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <new>
#include <stdexcept>

#include "base/text.h"

namespace coffer {
namespace {

constexpr std::size_t kBuffer = 256 * 1024;
constexpr std::size_t kMostHeaderBytes = 64 * 1024;
constexpr std::size_t kMostIdle = 8;
constexpr int kPollMs = 1000;

// OpenSSL writes to sockets as to files, and the writer of a broken one is sent SIGPIPE. libcurl
// could keep it away, but not from a program that has threads.
void start_libcurl() {
  static const bool started = [] {
    std::signal(SIGPIPE, SIG_IGN);
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  if (!started) throw std::runtime_error("libcurl cannot start");
}

// "store.example:80" of a URL: the part of it that may stand in a log.
std::string host_of(std::string_view url) {
  url = url.substr(std::min(url.size(), url.find("//") + 2));
  return std::string(url.substr(0, url.find_first_of("/?")));
}

}  // namespace

Wire::Wire() {
  start_libcurl();
  easy = curl_easy_init();
  multi = curl_multi_init();
  if (!easy || !multi) throw std::bad_alloc();
}

Wire::~Wire() {
  curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
}

std::unique_ptr<Wire> IdleWires::take() {
  {
    std::lock_guard lock(mutex_);
    if (!wires_.empty()) {
      auto wire = std::move(wires_.back());
      wires_.pop_back();
      return wire;
    }
  }
  return std::make_unique<Wire>();
}

void IdleWires::give(std::unique_ptr<Wire> wire) {
  std::lock_guard lock(mutex_);
  if (wires_.size() < kMostIdle) wires_.push_back(std::move(wire));
}

Transfer::Transfer(std::shared_ptr<IdleWires> idle, const HttpOptions& options, HttpRequest request)
    : idle_(std::move(idle)),
      wire_(idle_->take()),
      request_(std::move(request)),
      to_send_(request_.body_size) {
  curl_easy_reset(wire_->easy);
  set_options(options);
  set_request();
  curl_multi_add_handle(wire_->multi, wire_->easy);
}

// A connection on which the answer was not read to its end is of no use for the next request.
Transfer::~Transfer() {
  curl_multi_remove_handle(wire_->multi, wire_->easy);
  curl_slist_free_all(header_list_);
  if (ended_ == CURLE_OK) idle_->give(std::move(wire_));
}

void Transfer::set_options(const HttpOptions& options) {
  auto* easy = wire_->easy;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(easy, CURLOPT_PROXY, "");       // also none from the environment
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);  // a signed path must not be tidied up
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  // Servers close a connection that has been idle for a minute or so; ours is to be the first to.
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 50L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall.count()));
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &socket_callback);
  curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, wire_.get());
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
}

void Transfer::set_request() {
  auto* easy = wire_->easy;
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  // To wait for "100 Continue" would cost a second where the server does not know it.
  header_list_ = curl_slist_append(header_list_, "Expect:");
  for (auto& [name, value] : request_.headers)
    header_list_ = curl_slist_append(header_list_, (name + ": " + value).c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, header_list_);

  if (request_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request_.method == "PUT" || request_.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(to_send_));
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());

  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &send_callback);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &body_callback);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &header_callback);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

Result<> Transfer::begin() { return drive(); }

int Transfer::status() const {
  long status = 0;
  curl_easy_getinfo(wire_->easy, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

Result<std::size_t> Transfer::read(std::span<char> buffer) {
  if (buffer.empty()) return 0u;
  if (auto driven = drive(); !driven) return driven.error();
  auto n = received_.copy(buffer.data(), buffer.size(), taken_);
  taken_ += n;
  return n;
}

// Lets libcurl work until there are bytes of the body, or an end. What came before a failure is
// handed out first.
Result<> Transfer::drive() {
  if (taken_ < received_.size()) return {};
  received_.clear();
  taken_ = 0;
  if (paused_) {
    paused_ = false;
    curl_easy_pause(wire_->easy, CURLPAUSE_CONT);
  }
  while (received_.empty() && !ended_) {
    int running = 0, waiting = 0;
    if (curl_multi_perform(wire_->multi, &running) != CURLM_OK) ended_ = CURLE_FAILED_INIT;
    while (auto* message = curl_multi_info_read(wire_->multi, &waiting))
      if (message->msg == CURLMSG_DONE) ended_ = message->data.result;
    if (received_.empty() && !ended_) {
      acknowledge_at_once();
      curl_multi_poll(wire_->multi, nullptr, 0, kPollMs, nullptr);
    }
  }
  if (received_.empty() && ended_ == CURLE_OK && !is_whole()) ended_ = CURLE_PARTIAL_FILE;
  if (received_.empty() && ended_ != CURLE_OK) return failure(*ended_);
  return {};
}

// A server that sends the head by itself and has Nagle's algorithm on, as Ceph's gateway does,
// sends the body once the head is acknowledged, which our kernel would put off for 40 ms. The
// kernel forgets that it was asked, so it is asked each time.
void Transfer::acknowledge_at_once() {
  int yes = 1;
  if (wire_->socket != CURL_SOCKET_BAD)
    ::setsockopt(wire_->socket, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

// libcurl takes a connection's end for the end of a head, and for that of a body whose length
// nobody has said. Either may be a connection that broke.
bool Transfer::is_whole() const {
  bool has_body = request_.method != "HEAD" && status() != 204 && status() != 304;
  return head_ended_ && (has_length_ || !has_body);
}

Error Transfer::failure(CURLcode code) const {
  if (broken_) return *broken_;
  return {Errc::unavailable,
          "no whole answer from '" + host_of(request_.url) + "': " + curl_easy_strerror(code)};
}

std::size_t Transfer::on_body(std::string_view bytes) {
  if (received_.size() + bytes.size() > kBuffer) {
    paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  received_ += bytes;
  return bytes.size();
}

// An answer may have more than one head: "100 Continue" has one before it. The last one counts.
bool Transfer::on_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMostHeaderBytes) {
    broken_ = Error{Errc::unavailable,
                    "the head of the answer from '" + host_of(request_.url) + "' is too large"};
    return false;
  }
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  head_ended_ = line.empty();
  if (line.starts_with("HTTP/")) {
    headers_.clear();
    has_length_ = false;
  }
  auto colon = line.find(':');
  if (colon == line.npos) return true;
  auto name = lower(line.substr(0, colon));
  if (name == "content-length" || name == "transfer-encoding") has_length_ = true;
  headers_.try_emplace(std::move(name), trim(line.substr(colon + 1)));
  return true;
}

std::size_t Transfer::on_send(std::span<char> buffer) {
  if (to_send_ == 0) return 0;
  auto n = request_.body
               ? request_.body->read(buffer.first(std::min<std::uint64_t>(buffer.size(), to_send_)))
               : Result<std::size_t>(0u);
  if (n && *n > 0) {
    to_send_ -= *n;
    return *n;
  }
  broken_ = n ? Error{Errc::data_loss, "what was to be sent ended too early by " +
                                           std::to_string(to_send_) + " bytes"}
              : n.error();
  return CURL_READFUNC_ABORT;
}

int Transfer::socket_callback(void* wire, curl_socket_t socket, curlsocktype) {
  static_cast<Wire*>(wire)->socket = socket;
  return CURL_SOCKOPT_OK;
}

std::size_t Transfer::body_callback(char* bytes, std::size_t, std::size_t size, void* transfer) {
  return static_cast<Transfer*>(transfer)->on_body({bytes, size});
}

std::size_t Transfer::header_callback(char* line, std::size_t, std::size_t size, void* transfer) {
  return static_cast<Transfer*>(transfer)->on_header({line, size}) ? size : 0;
}

std::size_t Transfer::send_callback(char* buffer, std::size_t, std::size_t size, void* transfer) {
  return static_cast<Transfer*>(transfer)->on_send({buffer, size});
}

}  // namespace coffer
