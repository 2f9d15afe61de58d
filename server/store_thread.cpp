#include "server/store_thread.hpp"

#include <algorithm>
#include <csignal>
#include <iterator>

namespace bisik::server {
namespace {

// Passes everything on, and looks at the clock before and after a commit.
class Timed final : public BatchEvents {
 public:
  explicit Timed(StoreThread::Events& events) : events_{events} {}

  void executed(std::vector<Outcome> outcomes) override {
    events_.executed(std::move(outcomes));
    begun_ = Clock::now();
  }
  void committed() override {
    events_.took(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_));
    events_.committed();
  }
  void undone() override { events_.undone(); }

 private:
  using Clock = std::chrono::steady_clock;
  StoreThread::Events& events_;
  Clock::time_point begun_;
};

}  // namespace

StoreThread::StoreThread(storage::RelayStore& store, Clerk& clerk, Time (*now)(), Events& events)
    : store_{store}, clerk_{clerk}, now_{now}, events_{events}, thread_{[this] { run(); }} {}

void StoreThread::submit(std::vector<Operation> operations) {
  if (operations.empty()) return;
  {
    const std::lock_guard lock{mutex_};
    std::ranges::move(operations, std::back_inserter(waiting_));
  }
  submitted_.notify_one();
}

void StoreThread::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  submitted_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::vector<Operation> StoreThread::take_batch() {
  std::unique_lock lock{mutex_};
  submitted_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  const auto count = std::clamp(waiting_.size() / 2, kLeastBatch, kBatchOperations);
  if (waiting_.size() <= count) return std::exchange(waiting_, {});
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Operation> batch{std::move_iterator{waiting_.begin()}, std::move_iterator{end}};
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

bool StoreThread::nothing_waits() {
  const std::lock_guard lock{mutex_};
  return waiting_.empty();
}

void StoreThread::run() {
  sigset_t every;
  ::sigfillset(&every);
  ::pthread_sigmask(SIG_BLOCK, &every, nullptr);  // signals are the network thread's
  Timed events{events_};
  try {
    for (;;) {
      const auto batch = take_batch();
      if (batch.empty()) return;
      run_batch(store_, clerk_, batch, now_(), events);
      if (nothing_waits()) store_.use_pause();
    }
  } catch (...) {
    events_.failed(std::current_exception());
  }
}

}  // namespace bisik::server
