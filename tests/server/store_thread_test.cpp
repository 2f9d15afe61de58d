#include "server/store_thread.hpp"

#include <gtest/gtest.h>

#include "tests/server/failing_store.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

Time test_time() { return {.wall = crypto::kNow}; }

// Hears the store thread's events and lets the test wait for them.
class Heard final : public StoreThread::Events {
 public:
  void executed(std::vector<Outcome> outcomes) override {
    const std::lock_guard lock{mutex_};
    executed_.push_back(outcomes.size());
  }
  void committed() override {
    const std::lock_guard lock{mutex_};
    committed_ += executed_.back();
    changed_.notify_all();
  }
  void undone() override {}
  void took(std::chrono::microseconds commit) override {
    const std::lock_guard lock{mutex_};
    took_.push_back(commit);
  }
  void failed(std::exception_ptr error) override {
    const std::lock_guard lock{mutex_};
    error_ = error;
    changed_.notify_all();
  }

  void wait_for(std::size_t operations) {
    std::unique_lock lock{mutex_};
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds{20},
                                  [&] { return committed_ >= operations || error_; }));
  }
  [[nodiscard]] std::size_t batches() {
    const std::lock_guard lock{mutex_};
    return executed_.size();
  }
  [[nodiscard]] std::size_t largest_batch() {
    const std::lock_guard lock{mutex_};
    return *std::ranges::max_element(executed_);
  }
  [[nodiscard]] std::vector<std::chrono::microseconds> took_so_far() {
    const std::lock_guard lock{mutex_};
    return took_;
  }
  [[nodiscard]] std::exception_ptr error() {
    const std::lock_guard lock{mutex_};
    return error_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> executed_;
  std::vector<std::chrono::microseconds> took_;
  std::size_t committed_ = 0;
  std::exception_ptr error_;
};

class StoreThreadTest : public testing::Test {
 protected:
  static std::vector<Operation> sweeps(std::size_t count) {
    std::vector<Operation> operations(count);
    for (auto& operation : operations) operation.action = op::Forget{1};
    return operations;
  }

  storage::SqliteRelayStore store{{.path = ":memory:"}};
  FailingStore failing{store};
  Limits limits;
  Clerk clerk{failing, limits, crypto::DhKeyPair::generate().public_key};
  Heard heard;
};

TEST_F(StoreThreadTest, ExecutesEverythingThatWasSubmitted) {
  StoreThread thread{failing, clerk, test_time, heard};
  for (int i = 0; i < 100; ++i) thread.submit(sweeps(10));
  heard.wait_for(1'000);
  EXPECT_FALSE(heard.error());
}

TEST_F(StoreThreadTest, WhatComesTogetherIsCommittedTogetherButNotWithoutBound) {
  StoreThread thread{failing, clerk, test_time, heard};
  thread.submit(sweeps(kBatchOperations * 3));
  heard.wait_for(kBatchOperations * 3);
  EXPECT_EQ(heard.largest_batch(), kBatchOperations);
}

TEST_F(StoreThreadTest, HalfOfWhatWaitsIsLeftForTheNextBatchAndFewAreNotDivided) {
  StoreThread thread{failing, clerk, test_time, heard};
  thread.submit(sweeps(kLeastBatch * 4));
  heard.wait_for(kLeastBatch * 4);
  EXPECT_EQ(heard.batches(), 3U);  // half, half of the rest, the rest
  EXPECT_EQ(heard.largest_batch(), kLeastBatch * 2);
}

TEST_F(StoreThreadTest, OnlyWhereNothingWaitsTheStoreMayUseThePause) {
  StoreThread thread{failing, clerk, test_time, heard};
  thread.submit(sweeps(kLeastBatch * 4));
  heard.wait_for(kLeastBatch * 4);
  thread.stop();
  EXPECT_EQ(heard.batches(), 3U);
  EXPECT_EQ(failing.pauses(), 1) << "after the last of them";
}

TEST_F(StoreThreadTest, AFailureInThePauseIsTold) {
  failing.fail_pauses();
  StoreThread thread{failing, clerk, test_time, heard};
  thread.submit(sweeps(1));
  thread.stop();
  EXPECT_EQ(heard.batches(), 1U) << "which had been committed";
  EXPECT_TRUE(heard.error());
}

TEST_F(StoreThreadTest, SaysOfEachCommitHowLongItTook) {
  StoreThread thread{failing, clerk, test_time, heard};
  thread.submit(sweeps(kBatchOperations * 2));
  heard.wait_for(kBatchOperations * 2);
  const auto took = heard.took_so_far();
  EXPECT_EQ(took.size(), heard.batches());
  for (const auto commit : took) EXPECT_LT(commit, std::chrono::seconds{20});
}

TEST_F(StoreThreadTest, StoppingFinishesWhatWasSubmitted) {
  {
    StoreThread thread{failing, clerk, test_time, heard};
    thread.submit(sweeps(5'000));
  }
  heard.wait_for(5'000);
  EXPECT_FALSE(heard.error());
}

TEST_F(StoreThreadTest, AFailedSyncIsToldOnceAndNothingFollows) {
  failing.fail_next_commit(storage::StorageError::Kind::io);
  StoreThread thread{failing, clerk, test_time, heard};
  thread.submit(sweeps(1));
  heard.wait_for(1);
  EXPECT_TRUE(heard.error());
  thread.submit(sweeps(1));
  thread.stop();
  EXPECT_EQ(heard.batches(), 1U);
}

}  // namespace
}  // namespace bisik::server
