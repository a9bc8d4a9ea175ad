#include "base/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace coffer {
namespace {

constexpr std::size_t kWidth = 20;
constexpr auto kEvery = std::chrono::milliseconds(250);

void write_out(const std::string& text) {
  // A terminal that is gone takes no line, and nothing depends on it.
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

std::string progress_line(std::uint64_t done, std::uint64_t total) {
  auto share = total == 0 ? 1.0 : std::min(1.0, double(done) / double(total));
  auto full = static_cast<std::size_t>(share * kWidth);
  auto percent = std::to_string(static_cast<unsigned>(share * 100));
  percent.insert(0, 3 - percent.size(), ' ');
  return "[" + std::string(full, '#') + std::string(kWidth - full, '-') + "] " + percent + " %  " +
         human_size(done) + " of " + human_size(total);
}

Progress::Progress(std::function<State()> look) : look_(std::move(look)) {
  if (::isatty(STDERR_FILENO)) thread_ = std::thread([this] { draw_all(); });
}

Progress::~Progress() {
  if (!shown()) return;
  {
    std::scoped_lock lock(mutex_);
    done_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Progress::draw_all() {
  auto began = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    last = ended_.wait_for(lock, kEvery, [&] { return done_; });
    auto state = look_();
    auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    auto rate = static_cast<std::uint64_t>(double(state.done) / std::max(took, 0.001));
    write_out("\r\033[K" + progress_line(state.done, state.total) + "  " + human_size(rate) + "/s" +
              (last ? "\n" : ""));
  }
}

}  // namespace coffer
