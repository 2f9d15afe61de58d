// Accounts with several devices, one of which is put back to an earlier copy of its folder, or is
// new and not known to everybody yet: nothing of the conversation is missing afterwards, and
// nothing is there twice (I2, I5).
#include <algorithm>

#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::minutes;
using std::chrono::seconds;

class DeviceCopies : public DeviceStory {
 protected:
  static std::uint64_t restored_ms(Member& member) {
    proto::pb::ApiRequest request;
    request.mutable_status();
    return member.ask(request).status().restored_ms();
  }

  static std::ptrdiff_t times(Member& member, const Member& with, const std::string& text) {
    const auto all = texts(member, with);
    return std::ranges::count(all, text);
  }
};

// Without an own connection nothing is heard, so that the list is the one from before.
TEST_F(DeviceCopies, WhatIsWrittenToAnOlderListReachesTheNewDevice) {
  bob_->go_offline();
  auto& second = linked(*alice_);
  bob_->client().start();
  EXPECT_EQ(bob_->send(*alice_, "to one, as far as I know").state(), MESSAGE_STATE_RELAY);
  pass(minutes{3});
  EXPECT_EQ(times(second, *bob_, "< to one, as far as I know"), 1);
}

TEST_F(DeviceCopies, WhatAnotherDeviceWritesBeforeItKnowsTheNewOneReachesThat) {
  auto& second = linked(*alice_);
  second.go_offline();
  auto& third = linked(*alice_);
  second.client().start();
  EXPECT_EQ(second.send(*bob_, "from a device behind the times").state(), MESSAGE_STATE_RELAY);
  second.listen();
  pass(minutes{3});
  EXPECT_EQ(times(third, *bob_, "> from a device behind the times"), 1);
  EXPECT_EQ(times(second, *bob_, "> from a device behind the times"), 1);
}

// The list is out before the new device has its keys, and somebody fetches it then.
TEST_F(DeviceCopies, ADeviceIsWrittenToWhoseListCameBeforeItsKeys) {
  auto& fresh = member();
  const auto code = begin_link(fresh);
  EXPECT_TRUE(approve(*alice_, code).has_digits_wanted());
  EXPECT_TRUE(confirm(*alice_, digits_of(fresh)).has_done());
  EXPECT_EQ(alice_->send(*bob_, "look at my list").state(), MESSAGE_STATE_RELAY);
  EXPECT_TRUE(accept(fresh).has_done());
  pass(minutes{2});
  fresh.listen();
  pass(minutes{1});
  expect_arrives(*bob_, *alice_, "to both");
  EXPECT_EQ(fresh.times_read("to both"), 1);
}

TEST_F(DeviceCopies, ARestoredDeviceHasFromTheOthersWhatItWroteItself) {
  auto& second = linked(*alice_);
  expect_arrives(second, *bob_, "before the copy");
  const auto copy = second.client().snapshot();
  expect_arrives(second, *bob_, "after the copy");
  restore(second, copy);
  EXPECT_EQ(times(second, *bob_, "> after the copy"), 0) << "nobody has noticed";
  expect_arrives(second, *bob_, "next");
  EXPECT_NE(restored_ms(second), 0U);
  for (auto* device : {alice_, &second}) {
    EXPECT_EQ(times(*device, *bob_, "> before the copy"), 1);
    EXPECT_EQ(times(*device, *bob_, "> after the copy"), 1);
    EXPECT_EQ(times(*device, *bob_, "> next"), 1);
  }
}

// The session between the two goes on from a place that was used.
TEST_F(DeviceCopies, WhatARestoredDeviceTellsTheOthersIsHeard) {
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "before the copy");
  const auto copy = alice_->client().snapshot();
  expect_arrives(*alice_, *bob_, "after the copy");
  restore(*alice_, copy);
  expect_arrives(*alice_, *bob_, "next");
  expect_arrives(*alice_, *bob_, "and next");
  for (const auto* text : {"> before the copy", "> after the copy", "> next", "> and next"}) {
    EXPECT_EQ(times(second, *bob_, text), 1) << text;
  }
  EXPECT_EQ(times(*alice_, *bob_, "> after the copy"), 1);
  EXPECT_EQ(times(*bob_, *alice_, "< and next"), 1);
}

// Alice has heard Bob, so that what she writes next begins a chain; her copy begins another one.
TEST_F(DeviceCopies, TwoChainsInOnePlaceAreACopyToo) {
  expect_arrives(*alice_, *bob_, "hello");
  expect_arrives(*bob_, *alice_, "hello to you");
  const auto copy = alice_->client().snapshot();
  expect_arrives(*alice_, *bob_, "one");
  restore(*alice_, copy);
  EXPECT_EQ(restored_ms(*alice_), 0U);
  expect_arrives(*alice_, *bob_, "two");
  EXPECT_NE(restored_ms(*alice_), 0U);
  expect_arrives(*bob_, *alice_, "both are here");
}

}  // namespace
}  // namespace bisik::simulation
