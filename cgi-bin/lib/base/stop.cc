#include "base/stop.h"

#include <pthread.h>

#include <csignal>

namespace coffer {

StopSignals::StopSignals(std::atomic<bool>& stop) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([signals, &stop] {
    int signal = 0;
    sigwait(&signals, &signal);
    stop = true;
  });
}

// The thread waits for one of two signals, and this is one.
StopSignals::~StopSignals() {
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

}  // namespace coffer
