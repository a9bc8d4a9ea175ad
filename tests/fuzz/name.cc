// name: a name that is taken is one that would be taken as it is, also with a number in it, and
// is no path; a user's key is the key of itself.

#include "base/name.h"

#include "fuzz/fuzz.h"

using namespace coffer;

void fuzz(std::string_view input) {
  if (auto name = file_name(input)) {
    must(!name->empty() && name->size() <= 255 && is_utf8(*name));
    must(*name != "." && *name != ".." && name->find_first_of("/\\\n\r") == name->npos);
    auto again = file_name(*name);
    must(again && *again == *name);
    for (unsigned number : {2u, 4294967295u}) {
      auto numbered = numbered_name(*name, number);
      auto taken = file_name(numbered);
      must(taken && *taken == numbered && numbered != *name);
    }
  }
  if (auto key = user_name_key(input); key && key->size() <= 64) {
    auto again = user_name_key(*key);
    must(again && *again == *key);
  }
}
