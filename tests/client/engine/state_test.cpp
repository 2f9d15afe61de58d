// What a profile knows, and how often it has to be written.
#include "client/engine/state.hpp"

#include <gtest/gtest.h>

#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

class StateTest : public testing::Test {
 protected:
  MemoryRows rows_;
  State state_{rows_};
};

// A send would otherwise wait for a commit of its timestamp before it dials.
TEST_F(StateTest, ATimestampAloneIsNoCommit) {
  Step step{{}};
  static_cast<void>(state_.next_timestamp(step));
  EXPECT_TRUE(std::move(step).take().rows.empty());
}

TEST_F(StateTest, ATimestampIsKeptWithTheCellThatCarriesIt) {
  Step step{{}};
  const auto timestamp = state_.next_timestamp(step);
  static_cast<void>(state_.next_outbox(step));
  rows_.commit(std::move(step).take().rows);

  State restarted{rows_};
  EXPECT_GT(restarted.next_timestamp(Step{{}}), timestamp);
}

}  // namespace
}  // namespace bisik::client
