// The rows of sql/ as plain structs, and the ids that tell them apart.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "digest/digest.h"

namespace coffer {

enum class UserId : std::uint64_t {};
enum class EntryId : std::uint64_t {};
enum class VersionId : std::uint64_t {};
enum class SessionId : std::uint64_t {};
enum class TokenId : std::uint64_t {};
enum class UploadId : std::uint64_t {};

/// Milliseconds since 1970, by the database's clock.
enum class Time : std::uint64_t {};

/// The folders that have no row: every user's own, their trash, and what is on its way out.
inline constexpr EntryId kRoot{0};
inline constexpr EntryId kTrash{1};
inline constexpr EntryId kGone{2};

/// Ids of rows start above the folders that have none.
inline bool is_row(EntryId id) { return id > kGone; }

struct User {
  UserId id{};
  std::string name;
  std::string password;  // argon2id
  bool one_time = false;
  bool admin = false;
  bool disabled = false;
  std::uint64_t quota = 0;
  std::uint64_t used = 0;
  std::uint64_t reserved = 0;
  std::uint64_t changes = 0;  // of what is theirs, since there is the account
};

struct Entry {
  EntryId id{};
  EntryId parent{};
  std::string name;
  bool folder = false;
  Sha256 sha256{};
  std::uint64_t size = 0;
  Time created{};
  Time modified{};
  std::optional<Time> trashed{};  // with `name` and `parent` as they were before
};

struct Version {
  VersionId id{};
  EntryId entry{};
  Sha256 sha256{};
  std::uint64_t size = 0;
  Time modified{};
};

struct Blob {
  Digests digests;
  std::uint64_t size = 0;
  std::uint64_t refs = 0;
};

struct Session {
  SessionId id{};
  std::string browser;  // the User-Agent that signed in
  std::string address;  // and where from
  Time created{};
  Time seen{};
  bool current = false;  // the one that asks
};

/// What a request may do: all that its user may, or less by the token it came with.
struct Grant {
  bool may_write = true;
  EntryId root = kRoot;  // this folder and what is below it; nothing else is there
};

struct ApiToken {
  TokenId id{};
  std::string label;
  Grant grant;
  Time created{};
  Time seen{};
  std::optional<Time> expires{};  // or never
  bool expired = false;
};

}  // namespace coffer
