// coffer reconcile - compare the metadata with what the stores have, both ways
//
//   coffer reconcile           the local disk and every store of the configuration
//   coffer reconcile --mend    and put right what it finds
//
// It lists every store once and reads no file. A line for each
//
//   ghost       a copy by its row that the store does not have: it is marked as damaged, and the
//   mover
//               makes it anew from a good one
//   orphan      an object, older than the grace time, that no row knows: it becomes a remnant,
//   which
//               the sweeper removes
//   unfinished  an upload into the store that was begun, and that nobody is at: it is ended
//
// and a summary. What belongs to others in the same bucket, folder or pool is not looked at. Exit 0
// if all agrees, 1 if something was found, also if it was mended, 2 if a store could not be listed.
// What changes while it looks is looked at twice before it is called wrong.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>

#include "base/text.h"
#include "coffer/examine.h"
#include "meta/remnant.h"

namespace {

using namespace coffer;

constexpr std::size_t kAtATime = 1000;
constexpr std::chrono::hours kPatience{1};  // of a store's own timeout, which is shorter

// The keys of a store, or those of its rows, one after the other.
template <class Item>
class Pages {
 public:
  using Read = std::function<Result<std::vector<Item>>(const std::optional<Item>& after)>;
  explicit Pages(Read read) : read_(std::move(read)) {}

  /// The one that is next, or null at the end.
  Result<const Item*> peek() {
    if (at_ == page_.size() && !ended_) {
      auto last = page_.empty() ? std::optional<Item>() : page_.back();
      auto page = read_(last);
      if (!page) return page.error();
      page_ = std::move(*page);
      at_ = 0;
      ended_ = page_.empty();
    }
    return at_ < page_.size() ? &page_[at_] : nullptr;
  }
  void skip() { at_++; }

 private:
  Read read_;
  std::vector<Item> page_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

class Reconciler {
 public:
  Reconciler(App& app, bool mend) : app_(app), mend_(mend), stores_(app, kPatience) {}

  Result<> reconcile(const std::string& name);
  std::uint64_t found() const { return found_; }
  std::uint64_t compared() const { return compared_; }

 private:
  Result<> check_row(const BlobCopy& copy);
  Result<> check_object(BlobStore& store, const std::string& name, const Key& key);
  Result<> check_unfinished(BlobStore& store, const std::string& name);
  void say(std::string_view what, const std::string& store, const Key& key);

  App& app_;
  bool mend_;
  Stores stores_;
  std::uint64_t found_ = 0, compared_ = 0;
};

Key key_of(const BlobCopy& copy) { return {copy.blob.digests.sha256, copy.copy.serial}; }

void Reconciler::say(std::string_view what, const std::string& store, const Key& key) {
  found_++;
  std::cout << what << " in " << store << ": " << key_text(key) << (mend_ ? ", mended" : "")
            << "\n";
}

// A row without an object: examine() asks for it by itself before it says so.
Result<> Reconciler::check_row(const BlobCopy& copy) {
  if (copy.copy.damaged) {
    say("ghost", copy.copy.store, key_of(copy));
    return {};
  }
  auto store = stores_.find(copy.copy.store);
  if (!store) return store.error();
  auto there = (*store)->stat(key_of(copy));
  if (there || there.error().code != Errc::not_found) return there ? Result<>{} : there.error();
  {
    auto db = app_.database.borrow();
    if (!db) return db.error();
    auto now = find_copies(**db, copy.blob.digests.sha256);
    if (!now) return now.error();
    bool still = std::ranges::any_of(*now, [&](const Copy& other) {
      return other.store == copy.copy.store && other.serial == copy.copy.serial && other.good();
    });
    if (!still) return {};
  }
  if (mend_) {
    auto finding = examine(app_, stores_, copy, Depth::stat);
    if (!finding) return finding.error();
  }
  say("ghost", copy.copy.store, key_of(copy));
  return {};
}

// An object without a row.
Result<> Reconciler::check_object(BlobStore& store, const std::string& name, const Key& key) {
  auto db = app_.database.borrow();
  if (!db) return db.error();
  auto known = is_known(**db, name, key.blob, key.serial);
  if (!known) return known.error();
  if (*known) return {};
  auto there = store.stat(key);
  if (!there && there.error().code == Errc::not_found) return {};
  if (!there) return there.error();
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  if (there->modified_ms + app_.config.grace_ms > static_cast<std::uint64_t>(now.count()))
    return {};
  // On the local disk the sweeper finds it by itself.
  if (mend_ && name != kLocal)
    if (auto added = add_remnant(**db, name, key.blob, key.serial); !added) return added;
  say("orphan", name, key);
  return {};
}

Result<> Reconciler::check_unfinished(BlobStore& store, const std::string& name) {
  auto keys = store.unfinished();
  if (!keys) return keys.error();
  for (const Key& key : *keys) {
    auto db = app_.database.borrow();
    if (!db) return db.error();
    auto known = is_known(**db, name, key.blob, key.serial);
    if (!known) return known.error();
    if (*known) continue;
    if (mend_)
      if (auto removed = store.remove(key); !removed) return removed;
    say("unfinished", name, key);
  }
  return {};
}

Result<> Reconciler::reconcile(const std::string& name) {
  auto store = stores_.find(name);
  if (!store) return store.error();
  Pages<Key> objects(
      [&](const std::optional<Key>& after) { return (*store)->list(after, kAtATime); });
  Pages<BlobCopy> rows([&](const std::optional<BlobCopy>& after) -> Result<std::vector<BlobCopy>> {
    auto db = app_.database.borrow();
    if (!db) return db.error();
    return list_copies(**db, name, after ? after->blob.digests.sha256 : Sha256{}, kAtATime);
  });
  for (;;) {
    auto object = objects.peek();
    if (!object) return object.error();
    auto row = rows.peek();
    if (!row) return row.error();
    if (!*object && !*row) break;
    compared_++;
    if (*object && *row && **object == key_of(**row)) {
      objects.skip();
      rows.skip();
    } else if (*object && (!*row || **object < key_of(**row))) {
      if (auto checked = check_object(**store, name, **object); !checked) return checked;
      objects.skip();
    } else {
      if (auto checked = check_row(**row); !checked) return checked;
      rows.skip();
    }
  }
  return check_unfinished(**store, name);
}

Result<bool> reconcile(bool mend) {
  auto app = open_app();
  if (!app) return app.error();
  Reconciler reconciler(**app, mend);
  std::vector<std::string> names{std::string(kLocal)};
  for (const auto& [name, store] : (*app)->config.stores) names.push_back(name);
  for (const auto& name : names)
    if (auto done = reconciler.reconcile(name); !done)
      return Error{done.error().code, name + ": " + done.error().message};
  std::cout << "coffer reconcile: " << reconciler.compared() << " objects and rows in "
            << names.size() << (names.size() == 1 ? " store, " : " stores, ") << reconciler.found()
            << (mend ? " mended\n" : " wrong\n");
  return reconciler.found() == 0;
}

}  // namespace

int main(int argc, char** argv) {
  bool mend = false;
  CLI::App command{"Compare the metadata with what the stores have", "coffer reconcile"};
  command.add_flag("--mend", mend, "put right what is found");
  CLI11_PARSE(command, argc, argv);
  auto agrees = reconcile(mend);
  if (!agrees) std::cerr << "coffer reconcile: " << agrees.error().message << "\n";
  return !agrees ? 2 : *agrees ? 0 : 1;
}
