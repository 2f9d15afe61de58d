// Invariants I1 durable acknowledgement, I2 exactly once, I4 ratchet safety, I5 rollback safety, I9
// progress, for accounts with several devices and earlier copies of them, over the real relay and
// the real client. BISIK_DEVICE_SEEDS says how many seeds; BISIK_SIM_FIRST is the first one.
// BISIK_ACTIONS says how many actions of the fuzzer: ./bootstrap prove plays them, and not every
// test.
#include "tests/simulation/device_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <random>

#include "tests/simulation/actions.hpp"
#include "tests/simulation/seeds.hpp"

namespace bisik::simulation {
namespace {

// Forty seconds, of one core; ./bootstrap prove device-seeds plays more.
constexpr std::uint64_t kSeeds = 60;

class DeviceSeeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DeviceSeeds, EveryDeviceHasWhatWasWrittenOnceAlsoWhereCopiesWerePutBack) {
  const auto count = setting("BISIK_DEVICE_SEEDS", kSeeds);
  if (count == 0) GTEST_SKIP() << "BISIK_DEVICE_SEEDS=0";
  const auto first = setting("BISIK_SIM_FIRST", 1);
  const auto end = first + count;
  std::size_t seeds = 0;
  CommunityReport sum;
  for (auto seed = first + GetParam(); seed < end; seed += kHands, ++seeds) {
    const auto report = run_device_seed(seed);
    EXPECT_TRUE(report.violations.empty()) << "seed " << seed << join_lines(report.violations);
    sum.messages += report.messages;
    sum.deaths += report.deaths;
    sum.restores += report.restores;
    sum.links += report.links;
    sum.sealings += report.sealings;
  }
  std::cout << seeds << " seeds, " << sum.messages << " messages, " << sum.deaths << " deaths, "
            << sum.restores << " restores, " << sum.links << " links, " << sum.sealings
            << " sealings\n";
}

INSTANTIATE_TEST_SUITE_P(Simulation, DeviceSeeds, testing::Range(std::uint64_t{0}, kHands));

// What the fuzzer explores (tests/fuzz/devices.cpp), by chance. BISIK_ACTIONS says how many.
class Actions : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Actions, InAnyOrderLoseAndDoubleNothing) {
  if (setting("BISIK_ACTIONS", 0) == 0) {
    GTEST_SKIP() << "./bootstrap prove fuzz-devices plays these actions";
  }
  constexpr std::size_t kAtOnce = 200;
  std::mt19937_64 choices{setting("BISIK_SIM_FIRST", 1) * kHands + GetParam()};
  const auto wanted = setting("BISIK_ACTIONS", 0) / kHands;
  std::size_t actions = 0;
  CommunityReport sum;
  while (actions < wanted) {
    crypto::Bytes bytes(2 * kAtOnce);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(choices()); });
    const auto report = play(bytes);
    EXPECT_TRUE(report.violations.empty())
        << "after " << actions << " actions" << join_lines(report.violations);
    actions += kAtOnce;
    sum.messages += report.messages;
    sum.restores += report.restores;
  }
  std::cout << actions << " actions, " << sum.messages << " messages, " << sum.restores
            << " restores\n";
}

INSTANTIATE_TEST_SUITE_P(Simulation, Actions, testing::Range(std::uint64_t{0}, kHands));

// Of a text that one device has written to another, in a copy of whose folder it is missing.
class CopyJudge : public testing::Test {
 protected:
  CopyJudge() {
    chronicle_.devices.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
      chronicle_.devices[i].person = i;
      chronicle_.devices[i].joined = start_;
    }
    chronicle_.said.push_back({.device = 0, .from = 0, .to = 1, .text = "0", .begun = start_});
    chronicle_.said[0].told = Told::stored;
    for (auto& device : chronicle_.devices) device.held.emplace("0", start_);
    chronicle_.devices[1].theirs[0] = {"0"};
  }

  void put_sender_back() {
    chronicle_.devices[0].put_back(start_ + Duration{2}, {}, {.read = {}, .sent = {"0"}});
  }

  Time start_{Duration{1}};
  Chronicle chronicle_;
};

TEST_F(CopyJudge, HoldsADeviceToSayThatItIsACopyWhereAnotherHasWhatItSent) {
  put_sender_back();
  EXPECT_THAT(violations(chronicle_),
              testing::ElementsAre(testing::StartsWith("not told of a copy at device 0")));
  chronicle_.devices[0].told_of_copy.push_back(start_ + Duration{3});
  EXPECT_THAT(violations(chronicle_), testing::IsEmpty());
}

TEST_F(CopyJudge, ExpectsNobodyToHaveWhatACopyWroteThatWasPutBackBeforeItWasTold) {
  const auto is_lost = testing::Contains(testing::StartsWith("lost at device 1"));
  chronicle_.said[0].begun += Duration{1};
  chronicle_.devices[0].put_back(start_, {}, {.read = {"before"}, .sent = {}});
  chronicle_.devices[0].held.emplace("0", start_);
  chronicle_.devices[1].held.clear();
  chronicle_.devices[1].theirs.clear();
  EXPECT_THAT(violations(chronicle_), is_lost) << "its writer has it still";
  chronicle_.devices[0].put_back(start_ + std::chrono::hours{1}, {}, {});
  EXPECT_THAT(violations(chronicle_), testing::Not(is_lost));
  chronicle_.devices[0].told_of_copy.push_back(start_ + Duration{2});
  EXPECT_THAT(violations(chronicle_), is_lost) << "it knew";
  chronicle_.devices[0].told_of_copy.clear();
  chronicle_.devices[0].restored[0].missed = {};
  EXPECT_THAT(violations(chronicle_), is_lost) << "it was as if nobody had put anything back";
}

TEST_F(CopyJudge, ExpectsNobodyToAskForWhatOnlyANextMessageWouldHaveShownToBeMissing) {
  chronicle_.said[0].begun += Duration{1};
  const auto late = chronicle_.said[0].begun + std::chrono::hours{24};
  chronicle_.devices[1].put_back(start_ + Duration{2}, {}, {.read = {"0"}, .sent = {}});
  chronicle_.devices[1].theirs.clear();
  chronicle_.devices[1].told_of_copy.push_back(late);
  chronicle_.devices[0].ours[1] = {"0"};
  EXPECT_THAT(violations(chronicle_), testing::IsEmpty());
  chronicle_.devices[1].restored[0].missed.start = true;
  EXPECT_THAT(violations(chronicle_), testing::SizeIs(1)) << "its relay knew";
  chronicle_.devices[1].restored[0].missed.start = false;
  chronicle_.said.push_back({.device = 0, .from = 0, .to = 1, .text = "1", .begun = late});
  chronicle_.said[1].told = Told::stored;
  chronicle_.devices[0].ours[1].emplace_back("1");
  chronicle_.devices[1].theirs[0].emplace_back("1");
  EXPECT_THAT(violations(chronicle_), testing::IsEmpty()) << "that was the first";
  chronicle_.said[1].begun = start_ + Duration{3};
  EXPECT_THAT(violations(chronicle_), testing::SizeIs(1)) << "that showed it in time";
}

TEST_F(CopyJudge, ExpectsNobodyToKnowWhatAllHaveForgotten) {
  chronicle_.devices[1].put_back(start_ + Duration{1}, {}, {});
  chronicle_.devices[1].theirs.clear();
  put_sender_back();
  EXPECT_THAT(violations(chronicle_), testing::IsEmpty());
}

TEST_F(CopyJudge, ForgetsNothingThatAnEarlierCopyMissed) {
  put_sender_back();
  chronicle_.devices[0].put_back(start_ + Duration{3}, {}, {});
  EXPECT_THAT(violations(chronicle_), testing::SizeIs(1));
}

TEST_F(CopyJudge, ForgetsWhatALaterCopyHolds) {
  put_sender_back();
  chronicle_.devices[0].put_back(start_ + Duration{3}, {{"0", start_}}, {});
  chronicle_.devices[0].ours[1] = {"0"};
  EXPECT_THAT(violations(chronicle_), testing::IsEmpty());
}

TEST_F(CopyJudge, ExpectsNobodyToTellWhomASessionBegunByHandHasHealed) {
  put_sender_back();
  chronicle_.anew.push_back({start_ + Duration{1}, 1, 0});
  EXPECT_THAT(violations(chronicle_), testing::SizeIs(1)) << "that was before";
  chronicle_.anew.push_back({start_ + Duration{3}, 1, 0});
  EXPECT_THAT(violations(chronicle_), testing::IsEmpty());
}

TEST_F(CopyJudge, ExpectsNothingOfWhatACopySentThatWasPutBackWhileItHealed) {
  auto& sender = chronicle_.devices[0];
  auto& said = chronicle_.said[0];
  said.begun = start_ + Duration{2};
  chronicle_.devices[1].held.clear();
  chronicle_.devices[1].theirs.clear();
  sender.put_back(start_ + Duration{3}, {}, {});
  EXPECT_THAT(violations(chronicle_), testing::SizeIs(1)) << "no copy wrote it";
  sender.restored.insert(sender.restored.begin(), {start_ + Duration{1}, {}, {}});
  EXPECT_THAT(violations(chronicle_), testing::IsEmpty());
  sender.restored[1].at += std::chrono::minutes{30};
  EXPECT_THAT(violations(chronicle_), testing::SizeIs(1)) << "it had healed by then";
}

TEST(DeviceSimulation, TheSameSeedGivesTheSameTrace) {
  EXPECT_EQ(run_device_seed(7).trace_hash, run_device_seed(7).trace_hash);
  EXPECT_NE(run_device_seed(7).trace_hash, run_device_seed(8).trace_hash);
}

}  // namespace
}  // namespace bisik::simulation
