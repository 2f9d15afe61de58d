// Invariant I2: a message that comes again is known, whatever a clock says and however many came
// since.
#include "client/engine/seen.hpp"

#include <gtest/gtest.h>

#include "client/engine/limits.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

class SeenTest : public testing::Test {
 protected:
  // The next message of the chat; every third is ours.
  void add(std::uint64_t number) { add(number, number); }
  void add(std::uint64_t number, std::uint64_t timestamp) {
    Step step{{}};
    proto::pb::MessageRow row;
    row.set_account(to_string(chat_.bytes));
    row.set_number(number);
    row.set_content_id(id_of(number));
    row.set_ours(number % 3 == 0);
    row.set_timestamp_ms(timestamp);
    state_.save(step, row);
    rows_.commit(std::move(step).take().rows);
  }
  static std::string id_of(std::uint64_t number) { return "id " + std::to_string(number); }
  [[nodiscard]] bool is_known(const std::string& id, std::uint64_t timestamp,
                              milliseconds now = {}) const {
    proto::pb::Content content;
    content.set_id(id);
    content.set_timestamp_ms(timestamp);
    return is_kept(Step{{{}, std::chrono::sys_time<milliseconds>{now}}}, state_, chat_, content);
  }

  MemoryRows rows_;
  State state_{rows_};
  crypto::AccountId chat_{};
};

TEST_F(SeenTest, NothingIsKeptInAnEmptyChat) { EXPECT_FALSE(is_known(id_of(1), 1)); }

TEST_F(SeenTest, EachOfTheirsIsFoundAmongThoseThatCameSince) {
  for (std::uint64_t number = 1; number <= 100; ++number) add(number);
  for (std::uint64_t number = 1; number <= 100; ++number) {
    EXPECT_EQ(is_known(id_of(number), number), number % 3 != 0) << number;
  }
}

TEST_F(SeenTest, WhatIsOlderThanIsRememberedIsFoundBehindWhatCameLate) {
  add(1, 1'000);
  add(2, 500);  // of another device, or told again
  EXPECT_TRUE(is_known(id_of(1), 1'000, kSeenLifetime));
  EXPECT_FALSE(is_known("another", 1'000, kSeenLifetime));
}

TEST_F(SeenTest, WhatIsNewIsNew) {
  for (std::uint64_t number = 1; number <= 100; ++number) add(number);
  EXPECT_FALSE(is_known("another", 101));
  EXPECT_FALSE(is_known("another", 1)) << "as old as the first, and not the first";
}

}  // namespace
}  // namespace bisik::client
