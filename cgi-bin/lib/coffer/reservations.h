// Reservations: the quota that this process keeps for its uploads, on its way back.
//
// An upload that fails because the database does not answer cannot give back what it has
// reserved either. The sweeper does so for a process that is gone; one that goes on must do it
// itself, as soon as there is a database again.

#pragma once

#include <mutex>
#include <vector>

#include "meta/upload.h"

namespace coffer {

class Reservations {
 public:
  explicit Reservations(Database& database) : database_(database) {}

  /// Gives back what `upload` has reserved: now, or by a later call of this or settle().
  void give_back(const Upload& upload);

  /// Gives back what could not be given back before.
  void settle();

 private:
  Database& database_;
  std::mutex mutex_;
  std::vector<Upload> owed_;
};

}  // namespace coffer
