#include "digest/password.h"

#include <argon2.h>

#include <array>
#include <condition_variable>
#include <mutex>

#include "base/text.h"
#include "digest/token.h"

namespace coffer {
namespace {

// OWASP's first choice for argon2id on a small machine.
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kMemory = 19456;  // KiB
constexpr std::uint32_t kLanes = 1;

using Salt = std::array<std::uint8_t, 16>;
using Hash = std::array<std::uint8_t, 32>;

// A turn to hash. At most two at a time, so that a flood of sign-ins takes neither the
// machine's memory nor its second processor. (A std::counting_semaphore would say it in one
// line, but that of libstdc++ 12 can sleep through a release: GCC bug 104928.)
class Turn {
 public:
  Turn() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [] { return free_ > 0; });
    free_--;
  }

  ~Turn() {
    std::lock_guard lock(mutex_);
    free_++;
    freed_.notify_one();
  }

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  static inline std::mutex mutex_;
  static inline std::condition_variable freed_;
  static inline int free_ = 2;
};

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  Turn turn;
  Salt salt;
  fill_random(salt);
  std::string text(
      ::argon2_encodedlen(kPasses, kMemory, kLanes, sizeof(Salt), sizeof(Hash), Argon2_id), '\0');
  int status =
      ::argon2id_hash_encoded(kPasses, kMemory, kLanes, password.data(), password.size(),
                              salt.data(), salt.size(), sizeof(Hash), text.data(), text.size());
  if (status != ARGON2_OK)
    return Error{Errc::internal,
                 std::string("cannot hash a password: ") + ::argon2_error_message(status)};
  text.pop_back();  // the length above counts C's terminator
  return text;
}

bool verify_password(std::string_view password, std::string_view hash) {
  Turn turn;
  if (!hash.empty())
    return ::argon2id_verify(std::string(hash).c_str(), password.data(), password.size()) ==
           ARGON2_OK;

  Salt salt{};
  Hash nobodys;
  ::argon2id_hash_raw(kPasses, kMemory, kLanes, password.data(), password.size(), salt.data(),
                      salt.size(), nobodys.data(), nobodys.size());
  return false;
}

std::string random_password() {
  constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  constexpr std::size_t kFair = 256 / kAlphabet.size() * kAlphabet.size();
  std::string password;
  while (password.size() < 20) {
    std::uint8_t byte;
    fill_random({&byte, 1});
    // Bytes past the last whole alphabet would make its first letters likelier.
    if (byte < kFair) password += kAlphabet[byte % kAlphabet.size()];
  }
  return password;
}

}  // namespace coffer
