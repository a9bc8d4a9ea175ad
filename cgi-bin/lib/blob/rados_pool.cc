#include "blob/rados_pool.h"

#include <cerrno>
#include <system_error>

namespace coffer {
namespace {

std::string text_of_errno(int code) { return std::generic_category().message(-code); }

}  // namespace

RadosPool::~RadosPool() {
  if (io_ && *io_) rados.ioctx_destroy(*io_);
  if (cluster_) rados.shutdown(cluster_);
}

Result<rados_ioctx_t> RadosPool::connect() {
  auto before = attempts_.load();
  std::lock_guard lock(mutex_);
  bool connected = io_ && *io_;
  if (connected || attempts_ != before) return io_;
  io_ = try_connect();
  attempts_++;
  if (!io_ && cluster_) rados.shutdown(std::exchange(cluster_, nullptr));
  return io_;
}

Result<rados_ioctx_t> RadosPool::try_connect() {
  auto conf = options_.conf.string();
  if (int code = rados.create(&cluster_, options_.user.c_str()); code < 0)
    return error(code, "prepare for");
  if (int code = rados.conf_read_file(cluster_, conf.c_str()); code < 0)
    return Error{Errc::internal,
                 "Ceph's configuration '" + conf + "' cannot be read: " + text_of_errno(code)};
  // Without these Ceph waits for as long as it takes.
  auto timeout = std::to_string(options_.timeout.count());
  for (auto name : {"client_mount_timeout", "rados_mon_op_timeout", "rados_osd_op_timeout"})
    if (int code = rados.conf_set(cluster_, name, timeout.c_str()); code < 0)
      return error(code, "set the timeouts of");

  // A monitor's name that cannot be looked up now may be tomorrow.
  if (int code = rados.connect(cluster_); code == -ENOENT || code == -EINVAL)
    return Error{Errc::unavailable, "Ceph's configuration '" + conf + "' leads to no monitor"};
  else if (code < 0)
    return error(code, "connect to");
  rados_ioctx_t io = nullptr;
  if (int code = rados.ioctx_create(cluster_, options_.pool.c_str(), &io); code == -ENOENT)
    return Error{Errc::internal, "Ceph has no pool '" + options_.pool + "'"};
  else if (code < 0)
    return error(code, "open");
  // Of a full pool every request is told so, where it would otherwise wait for room; and only so
  // does a removal succeed, which makes some.
  rados.set_pool_full_try(io);
  return io;
}

Error RadosPool::error(int code, std::string_view doing) const {
  auto what = std::string(doing) + " Ceph's pool '" + options_.pool + "'";
  switch (-code) {
    case ENOENT:
      return {Errc::not_found, "there is nothing to " + what};
    case ENOSPC:
    case EDQUOT:
      return {Errc::no_space, "there is no room to " + what};
    case EACCES:
    case EPERM:
      return {Errc::internal, "'client." + options_.user + "' may not " + what +
                                  "; its key or its rights are not those that Ceph knows"};
    case ETIMEDOUT:
    case EAGAIN:
    case EBUSY:
    case ENOTCONN:
    case ECONNREFUSED:
    case ECONNRESET:
    case ESHUTDOWN:
      return {Errc::unavailable, "cannot " + what + " now: " + text_of_errno(code)};
    default:
      return {Errc::internal, "cannot " + what + ": " + text_of_errno(code)};
  }
}

int RadosRequest::end() {
  if (completion_) {
    rados_.aio_wait_for_complete(completion_);
    result_ = rados_.aio_get_return_value(completion_);
    rados_.aio_release(std::exchange(completion_, nullptr));
  }
  return std::exchange(result_, 0);
}

}  // namespace coffer
