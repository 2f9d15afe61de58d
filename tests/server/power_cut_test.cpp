// The whole relay on a disk that forgets (invariant I1): what a response has said is there after
// every power cut, a batch is there as a whole or not at all, and what its reader has acknowledged
// does not come back.
#include <gtest/gtest.h>

#include "tests/crypto/seeded_random.hpp"
#include "tests/server/power_cut_witness.hpp"
#include "tests/storage/power_cut_trial.hpp"

namespace bisik::server {
namespace {

using storage::Synchronous;
using storage::TrialResult;
using storage::TrialSettings;

template <Synchronous kSynchronous>
struct Witness : PowerCutWitness {
  Witness() : PowerCutWitness{kSynchronous} {}
};

// Reading an image is cheap, and to work until the next cut is not: many ways for each to end.
constexpr int kImagesPerCut = 10;

template <Synchronous kSynchronous = Synchronous::full>
TrialResult tried(TrialSettings settings) {
  settings.seed = storage::cut_seed(settings.seed);
  settings.images_per_cut = kImagesPerCut;
  const crypto::SeededRandom random{settings.seed};
  return storage::PowerCutTrial<Witness<kSynchronous>>{settings}.run();
}

void expect_nothing_lost(const TrialResult& result) {
  EXPECT_EQ(result.forgotten, 0) << testing::PrintToString(result);
  EXPECT_EQ(result.unreadable, 0) << testing::PrintToString(result);
}

TEST(RelayPowerCutTest, WithoutACutEverythingIsDoneAndThere) {
  const crypto::SeededRandom random{4};
  std::mt19937_64 rng{4};
  storage::PowerCutVfs vfs;
  Witness<Synchronous::full> witness;
  for (int life = 0; life < 3; ++life) {
    witness.work(vfs.name(), rng);
    EXPECT_EQ(witness.read(vfs.name()), witness.promised);
  }
  const auto& state = witness.promised;
  EXPECT_EQ(state.registered.size(), 2U);
  EXPECT_GT(state.list, 5) << "devices that came and went";
  for (const auto& [place, mailbox] : state.mailboxes) {
    const auto sent = mailbox.next_sequence - 1;
    EXPECT_LT(std::ssize(mailbox.waiting), sent) << "cells that were acknowledged";
  }
}

TEST(RelayPowerCutTest, NothingThatWasAnsweredIsLostOrComesBack) {
  const auto result = tried({.cuts = storage::cuts_or(1'000)});
  expect_nothing_lost(result);
  EXPECT_GE(result.images, kImagesPerCut * result.cuts);
}

TEST(RelayPowerCutTest, NothingIsLostWhenTornSectorsComeBackAsGarbage) {
  expect_nothing_lost(
      tried({.cuts = storage::cuts_or(200), .traits = {.powersafe_overwrite = false}, .seed = 2}));
}

TEST(RelayPowerCutTest, ARelayThatDoesNotWaitForTheDiskIsCaught) {
  const auto result = tried<Synchronous::normal>({.cuts = 50, .seed = 3});
  EXPECT_GT(result.forgotten, 0) << "this trial would not notice a missing sync";
}

}  // namespace
}  // namespace bisik::server
