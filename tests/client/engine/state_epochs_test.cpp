// A relay keeps epochs, and can give back any that it was ever told: each is believed once.
#include "client/engine/state_epochs.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "crypto/sodium.hpp"

namespace bisik::client {
namespace {

class StateEpochsTest : public testing::Test {
 protected:
  StateEpochsTest() {
    crypto::initialise();
    epochs_ = StateEpochs::first();
    epochs_->advance();
  }

  // As the folder that somebody has copied.
  [[nodiscard]] StateEpochs copy() const { return StateEpochs::read(epochs_->row()); }

  std::optional<StateEpochs> epochs_;
};

TEST_F(StateEpochsTest, ACopyThatWentOnIsFoundOutOnce) {
  auto other = copy();
  other.advance();
  const auto theirs = other.ours();
  EXPECT_TRUE(epochs_->go_above_foreign(theirs.bytes));
  EXPECT_FALSE(epochs_->go_above_foreign(theirs.bytes));
}

TEST_F(StateEpochsTest, ACopyThatRaisedTheSameNumberIsFoundOut) {
  auto other = copy();
  other.advance();
  epochs_->advance();
  EXPECT_TRUE(epochs_->go_above_foreign(other.ours().bytes));
}

TEST_F(StateEpochsTest, TwoCopiesFindEachOtherInTurn) {
  auto other = copy();
  for (int time = 0; time < 10; ++time) {
    other.advance();
    EXPECT_EQ(other.go_above_foreign(epochs_->ours().bytes), time > 0) << time;
    epochs_->advance();
    EXPECT_TRUE(epochs_->go_above_foreign(other.ours().bytes)) << time;
  }
}

TEST_F(StateEpochsTest, AnsweringWithOldOnesInTurnGivesNothing) {
  std::vector<crypto::StateEpoch> told;
  auto other = copy();
  for (int time = 0; time < 3; ++time) {
    other.advance();
    epochs_->advance();
    told.push_back(epochs_->ours());
    told.push_back(other.ours());
  }
  EXPECT_TRUE(epochs_->go_above_foreign(other.ours().bytes));
  for (int time = 0; time < 3; ++time) {
    for (const auto& old : told) EXPECT_FALSE(epochs_->go_above_foreign(old.bytes));
  }
}

TEST_F(StateEpochsTest, WhatWeWroteAndWhatNobodyWroteGiveNothing) {
  const auto row = epochs_->row();
  EXPECT_FALSE(epochs_->go_above_foreign({}));
  EXPECT_FALSE(epochs_->go_above_foreign(epochs_->ours().bytes));
  auto forged = epochs_->ours();
  forged.bytes[0] ^= 0x40U;
  EXPECT_FALSE(epochs_->go_above_foreign(forged.bytes));
  EXPECT_TRUE(equal(epochs_->row(), row));
}

TEST_F(StateEpochsTest, ARowOfAnotherLengthIsTold) {
  auto row = epochs_->row();
  row.append_int(std::uint8_t{0});
  EXPECT_THROW(static_cast<void>(StateEpochs::read(row)), std::runtime_error);
}

}  // namespace
}  // namespace bisik::client
