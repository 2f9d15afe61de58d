// Several devices are one account: everything that is written to it or by it is on each, a contact
// is one on all, and a device that was removed hears nothing (I2, I10).
#include <gmock/gmock.h>

#include "tests/simulation/device_story.hpp"
#include "tests/simulation/seeds.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

using Devices = DeviceStory;

TEST_F(Devices, ANewDeviceKnowsContactsAndHistoryAndIsWrittenTo) {
  EXPECT_EQ(bob_->send(*alice_, "before").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_->send(*bob_, "answer").state(), MESSAGE_STATE_RELAY);
  auto& second = linked(*alice_);
  EXPECT_EQ(texts(second, *bob_), (std::vector<std::string>{"< before", "> answer"}));
  expect_arrives(*alice_, *bob_, "after");  // says which list there is now
  expect_arrives(*bob_, *alice_, "to both");
  EXPECT_EQ(second.times_read("to both"), 1);
}

TEST_F(Devices, AContactIsToldOnceWhatHasChangedWheneverHeReadsNext) {
  linked(*alice_);
  expect_arrives(*alice_, *bob_, "from one of two");
  bob_->go_offline();
  pass(hours{1});
  bob_->come_online();
  EXPECT_THAT(told_reading_along(*bob_), ElementsAre("P0 has a new device (number 2)."));
  EXPECT_THAT(told_reading_along(*bob_), IsEmpty());
}

// Only a relay that the person has named may be in her network. Bob was given a link; of Bob there
// is what his message says.
TEST_F(Devices, EachKnowsWhetherThePersonHasNamedAContactsRelay) {
  const auto& bobs = linked(*bob_);
  EXPECT_EQ(bob_->was_told_relay_of("P0"), false);
  EXPECT_EQ(bobs.was_told_relay_of("P0"), false);
  const auto& second = linked(*alice_);
  EXPECT_EQ(alice_->was_told_relay_of("P1"), true);
  EXPECT_EQ(second.was_told_relay_of("P1"), true);
  alice_->add(bob_->invite());
  pass(minutes{2});
  EXPECT_EQ(alice_->was_told_relay_of("P1"), false);
  EXPECT_EQ(second.was_told_relay_of("P1"), false);
}

TEST_F(Devices, AContactWritesToANewDeviceBeforeAnybodyHasWrittenToHim) {
  auto& second = linked(*alice_);
  expect_arrives(*bob_, *alice_, "to both, unasked");
  EXPECT_EQ(second.times_read("to both, unasked"), 1);
}

TEST_F(Devices, ANewDeviceHasWhatWasWrittenBeforeThereWereKeysToWriteToIt) {
  auto& fresh = member();
  EXPECT_TRUE(approve(*alice_, begin_link(fresh)).has_digits_wanted());
  EXPECT_TRUE(confirm(*alice_, digits_of(fresh)).has_done());
  expect_arrives(*alice_, *bob_, "I have another device");  // Bob fetches the list, without keys
  alice_->go_offline();
  EXPECT_TRUE(accept(fresh).has_done());
  pass(seconds{10});
  fresh.listen();
  pass(seconds{10});
  EXPECT_EQ(bob_->send(*alice_, "to the first alone").state(), MESSAGE_STATE_RELAY);
  alice_->come_online();
  pass(minutes{3});
  EXPECT_EQ(texts(fresh, *bob_),
            (std::vector<std::string>{"> I have another device", "< to the first alone"}));
}

TEST_F(Devices, WhatOneDeviceWritesTheOthersShow) {
  auto& second = linked(*alice_, false);
  auto& third = linked(*alice_, false);
  expect_arrives(second, *bob_, "from the second");
  EXPECT_EQ(texts(*alice_, *bob_), (std::vector<std::string>{"> from the second"}));
  EXPECT_EQ(texts(third, *bob_), (std::vector<std::string>{"> from the second"}));
  expect_arrives(*bob_, *alice_, "answer");
  EXPECT_EQ(second.times_read("answer"), 1);
  EXPECT_EQ(third.times_read("answer"), 1);
}

TEST_F(Devices, AContactOfOneIsAContactOfAll) {
  auto& second = linked(*alice_);
  auto& carol = newcomer();
  second.add(carol.invite());
  pass(minutes{3});
  expect_arrives(*alice_, carol, "hello from the first");
  expect_arrives(carol, *alice_, "hello to both");
  EXPECT_EQ(second.times_read("hello to both"), 1);
}

TEST_F(Devices, WhoIsRenamedOnOneIsCalledSoOnAll) {
  auto& second = linked(*alice_);
  const auto rename = [&](const std::string& to) {
    proto::pb::ApiRequest request;
    request.mutable_rename()->set_name(bob_->name());
    request.mutable_rename()->set_new_name(to);
    return alice_->ask(request);
  };
  EXPECT_EQ(rename("\n").failure().exit_code(), 1U) << "no name";
  EXPECT_EQ(rename("Robert").contact().name(), "Robert");
  EXPECT_EQ(rename("Rob").failure().exit_code(), 1U) << "nobody is called so any more";
  pass(minutes{3});
  proto::pb::ApiRequest request;
  request.mutable_history()->set_chat("Robert");
  EXPECT_TRUE(second.ask(request).has_done());
}

TEST_F(Devices, OtherDigitsLinkNothing) {
  auto& fresh = member();
  const auto code = begin_link(fresh);
  EXPECT_TRUE(approve(*alice_, code).has_digits_wanted());
  const auto shown = digits_of(fresh);
  EXPECT_EQ(confirm(*alice_, "12").failure().exit_code(), 1U) << "no six digits, and no attempt";
  EXPECT_EQ(confirm(*alice_, shown == "000 000" ? "000001" : "000000").failure().exit_code(), 4U);
  EXPECT_EQ(confirm(*alice_, shown).failure().exit_code(), 1U) << "there is one attempt";
  EXPECT_TRUE(alice_->replies(approve_command_).back().has_failure());
  EXPECT_EQ(count_devices(*alice_), 1U);
  EXPECT_EQ(fresh.replies(link_command_).back().failure().exit_code(), 6U) << "it has heard of it";
}

TEST_F(Devices, ALinkingThatIsGivenUpIsToldToTheNewDevice) {
  auto& fresh = member();
  EXPECT_TRUE(approve(*alice_, begin_link(fresh)).has_digits_wanted());
  EXPECT_FALSE(digits_of(fresh).empty());
  alice_->client().cancel(approve_command_);
  pass(seconds{5});
  EXPECT_EQ(fresh.replies(link_command_).back().failure().exit_code(), 6U);
}

TEST_F(Devices, ALinkingOfWhichNothingIsHeardEnds) {
  auto& fresh = member();
  EXPECT_TRUE(approve(*alice_, begin_link(fresh)).has_digits_wanted());
  alice_->go_offline();
  pass(minutes{15});
  EXPECT_EQ(fresh.replies(link_command_).back().failure().exit_code(), 6U);
}

TEST_F(Devices, ACodeLinksOneDeviceOnce) {
  auto& fresh = member();
  const auto code = begin_link(fresh);
  EXPECT_TRUE(approve(*alice_, code).has_digits_wanted());
  EXPECT_TRUE(confirm(*alice_, digits_of(fresh)).has_done());
  pass(minutes{1});
  EXPECT_FALSE(approve(*alice_, code).has_digits_wanted());
  pass(minutes{15});
  EXPECT_TRUE(alice_->replies(approve_command_).back().has_failure());
  EXPECT_EQ(count_devices(*alice_), 2U);
}

TEST_F(Devices, ARemovedDeviceHearsNothingMore) {
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "we are two");
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  EXPECT_EQ(count_devices(*alice_), 1U);
  expect_arrives(*bob_, *alice_, "to one");  // refused by what is gone, then to the newest list
  EXPECT_EQ(second.times_read("to one"), 0);
  EXPECT_EQ(second.send(*bob_, "from outside").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("from outside"), 0) << "the newest list does not name it";
  expect_arrives(*alice_, *bob_, "still here");
}

TEST_F(Devices, NothingIsTakenBeforeThePersonHasSeenTheFirstDeviceAgree) {
  auto& fresh = member();
  const auto code = begin_link(fresh);
  EXPECT_TRUE(approve(*bob_, code).has_digits_wanted());  // who has seen the code
  EXPECT_TRUE(confirm(*bob_, digits_of(fresh)).has_done());
  pass(minutes{1});
  EXPECT_FALSE(fresh.replies(link_command_).back().has_who_am_i());
  pass(minutes{15});
  EXPECT_TRUE(fresh.replies(link_command_).back().has_failure());
}

TEST_F(Devices, WhatADeviceWritesBeforeItsListIsKnownIsNotLost) {
  auto& second = linked(*alice_);
  second.go_offline();
  auto& third = linked(*alice_);
  expect_arrives(third, *bob_, "unknown to the second yet");
  second.come_online();
  pass(minutes{3});
  EXPECT_EQ(texts(second, *bob_), (std::vector<std::string>{"> unknown to the second yet"}));
}

// The process that took it in ends before the list is here.
TEST_F(Devices, WhatWaitsForAListIsAskedForByTheNextProcess) {
  linked(*alice_).go_offline();
  pass(minutes{2});
  auto& third = linked(*alice_);
  bob_->go_offline();
  EXPECT_EQ(third.send(*bob_, "from a device you do not know").state(), MESSAGE_STATE_RELAY);
  for (int i = 0; i < 8; ++i) {
    bob_->come_online();
    pass(std::chrono::milliseconds{150});
    bob_->go_offline();
  }
  bob_->come_online();
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("from a device you do not know"), 1);
}

TEST_F(Devices, ALinkThatIsOlderThanADeviceStillBringsItsUser) {
  const auto link = alice_->invite();
  auto& second = linked(*alice_);
  auto& carol = newcomer();
  carol.add(link);
  pass(minutes{1});
  expect_arrives(carol, *alice_, "by an old link");
  expect_arrives(carol, *alice_, "now with the secret");
  EXPECT_EQ(second.times_read("now with the secret"), 1);
}

TEST_F(Devices, ADeviceHearsWhoeverKnowsASecretThatChangedWhileItWasLinked) {
  auto& second = linked(*alice_);
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());  // changes the secret
  auto& third = linked(*alice_);
  expect_arrives(*alice_, *bob_, "the new secret");
  expect_arrives(*bob_, *alice_, "to the third too");
  EXPECT_EQ(third.times_read("to the third too"), 1);
  EXPECT_EQ(second.times_read("to the third too"), 0);
}

TEST_F(Devices, OnlyThePrimaryLinksAndRemoves) {
  auto& second = linked(*alice_);
  auto& fresh = member();
  EXPECT_EQ(approve(second, begin_link(fresh)).failure().exit_code(), 1U);
  EXPECT_EQ(remove_device(second, 1).failure().exit_code(), 1U);
  EXPECT_EQ(remove_device(*alice_, 1).failure().exit_code(), 1U);
  EXPECT_EQ(remove_device(*alice_, 7).failure().exit_code(), 1U);
}

TEST_F(Devices, BlockingOnOneBlocksOnAll) {
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "we are two");
  proto::pb::ApiRequest request;
  request.mutable_block()->set_name(bob_->name());
  request.mutable_block()->set_now(true);
  EXPECT_TRUE(second.ask(request).has_contact());
  pass(minutes{3});
  static_cast<void>(bob_->send(*alice_, "unheard"));
  pass(minutes{3});
  EXPECT_EQ(alice_->times_read("unheard"), 0);
  EXPECT_EQ(second.times_read("unheard"), 0);
}

// BISIK_SIM_WEEKS: fewer, where a sanitizer makes each eight seconds long.
TEST_F(Devices, AYearKeepsThemTogether) {
  const auto weeks = setting("BISIK_SIM_WEEKS", 52);
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "we are two");
  for (std::uint64_t week = 0; week < weeks; ++week) {
    for (auto& one : members_) one->go_offline();
    pass(days{7});
    for (auto& one : members_) one->come_online();
    pass(minutes{3});
  }
  expect_arrives(*bob_, *alice_, "a year later");
  EXPECT_EQ(second.times_read("a year later"), 1);
  expect_arrives(second, *bob_, "and back");
  EXPECT_EQ(texts(*alice_, *bob_).back(), "> and back");
}

}  // namespace
}  // namespace bisik::simulation
