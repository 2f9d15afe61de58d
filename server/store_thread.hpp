// The one thread that uses the database. It takes what was submitted while it was busy with the
// last batch, executes that in one transaction and tells how it went; so the more there is to do,
// the more operations share the cost of one sync. Of many it takes half: while those are executed,
// the network thread answers the half before and reads what comes next, and neither stands. When
// nothing waits, the store does what would hold up a batch later.
//
// submit() may be called by any one thread. Events are called on this thread. How much can wait
// here is Relay's decision (Limits::waiting_requests); this queue refuses nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "server/batch.hpp"

namespace bisik::server {

class StoreThread {
 public:
  class Events : public BatchEvents {
   public:
    // How long the commit took of which committed() will tell.
    virtual void took(std::chrono::microseconds commit) = 0;
    // The store has failed for good: nothing that was submitted since is on the disk, and no more
    // batches are executed.
    virtual void failed(std::exception_ptr error) = 0;
  };

  // Everything outlives it. `now` is called on the thread.
  StoreThread(storage::RelayStore& store, Clerk& clerk, Time (*now)(), Events& events);
  ~StoreThread() { stop(); }

  void submit(std::vector<Operation> operations);
  // Executes what was submitted, and ends.
  void stop();

 private:
  void run();
  [[nodiscard]] std::vector<Operation> take_batch();  // empty: the end
  [[nodiscard]] bool nothing_waits();

  storage::RelayStore& store_;
  Clerk& clerk_;
  Time (*now_)();
  Events& events_;

  std::mutex mutex_;
  std::condition_variable submitted_;
  std::vector<Operation> waiting_;  // under mutex_
  bool stopping_ = false;           // under mutex_
  std::thread thread_;              // last: it uses all of the above
};

}  // namespace bisik::server
