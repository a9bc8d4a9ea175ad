// Remnants, removed: what is in a store and is no copy (meta/remnant.h).

#pragma once

#include <set>

#include "coffer/stores.h"
#include "meta/remnant.h"

namespace coffer {

class RemnantSweep {
 public:
  RemnantSweep(App& app, Stores& stores) : app_(app), stores_(stores) {}

  /// Removes one. False if its store does not answer; it is left alone from then on.
  Result<bool> remove(const Remnant& remnant);

  /// Removes all that are due. An error says that a store did not answer; the others are swept.
  Result<> remove_all();

 private:
  App& app_;
  Stores& stores_;
  std::set<std::string> silent_;
};

}  // namespace coffer
