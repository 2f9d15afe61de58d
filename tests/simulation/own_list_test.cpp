// The account's own list: never signed twice by a profile that has forgotten what it signed, and a
// device that was removed knows it (I4, I13).
#include <gmock/gmock.h>

#include "tests/simulation/cheap_stamps.hpp"
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

class OwnListStory : public DeviceStory {
 protected:
  static std::vector<std::uint32_t> numbers(Member& member) {
    const auto command = member.client().next_command();
    static_cast<void>(ask_for_devices(member));
    std::vector<std::uint32_t> numbers;
    for (const auto& reply : member.replies(command)) {
      if (reply.has_device()) numbers.push_back(reply.device().number());
    }
    return numbers;
  }
};

TEST_F(OwnListStory, AnOldCopyOfThePrimaryTakesTheListThatItHasForgotten) {
  const auto copy = alice_->client().snapshot();
  alice_->go_offline();
  alice_->come_online();  // another process: the copy is an older one
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "we are two");
  expect_arrives(*bob_, *alice_, "and know it");
  restore(*alice_, copy);
  pass(minutes{2});
  EXPECT_EQ(numbers(*alice_), (std::vector<std::uint32_t>{1, 2}));
  expect_arrives(*bob_, *alice_, "to the list that was forgotten");
  EXPECT_EQ(second.times_read("to the list that was forgotten"), 1);
  expect_arrives(*alice_, *bob_, "nobody is alarmed");
  EXPECT_EQ(trust(*alice_, *bob_), proto::pb::TRUST_UNVERIFIED);
  EXPECT_EQ(trust(*bob_, *alice_), proto::pb::TRUST_UNVERIFIED);
}

TEST_F(OwnListStory, AnOldCopyInTheMiddleOfARunTakesItToo) {
  const auto copy = alice_->client().snapshot();
  linked(*alice_);
  restore(*alice_, copy);
  pass(minutes{2});
  EXPECT_EQ(numbers(*alice_), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(trust(*alice_, *bob_), proto::pb::TRUST_UNVERIFIED);
}

TEST_F(OwnListStory, ACopyFromTheMiddleOfALinkingTakesTheListThatItHasForgotten) {
  auto& fresh = member();
  const auto code = begin_link(fresh);
  ASSERT_TRUE(approve(*alice_, code).has_digits_wanted());
  const auto copy = alice_->client().snapshot();
  ASSERT_TRUE(confirm(*alice_, digits_of(fresh)).has_done());
  pass(seconds{1});
  ASSERT_TRUE(accept(fresh).has_done());
  fresh.listen();
  pass(minutes{2});
  expect_arrives(*bob_, *alice_, "to both");
  restore(*alice_, copy);
  pass(minutes{2});
  EXPECT_EQ(numbers(*alice_), (std::vector<std::uint32_t>{1, 2}));
  expect_arrives(*bob_, *alice_, "to the list that was forgotten");
  expect_arrives(*alice_, *bob_, "nobody is alarmed");
  EXPECT_EQ(trust(*alice_, *bob_), proto::pb::TRUST_UNVERIFIED);
}

TEST_F(OwnListStory, AnOldCopyGivesNoNumberTwice) {
  const auto copy = alice_->client().snapshot();
  linked(*alice_);
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  restore(*alice_, copy);
  auto& fresh = linked(*alice_);
  EXPECT_EQ(numbers(*alice_), (std::vector<std::uint32_t>{1, 3}));
  expect_arrives(*alice_, *bob_, "three, not two");
  expect_arrives(*bob_, *alice_, "nothing contradicts");
  EXPECT_EQ(fresh.times_read("nothing contradicts"), 1);
  EXPECT_EQ(trust(*bob_, *alice_), proto::pb::TRUST_UNVERIFIED);
}

// Its relay has taken that list and two more.
TEST_F(OwnListStory, AnOldCopyWithAListOnItsWayGivesItUp) {
  auto& second = linked(*alice_);
  alice_->go_offline();
  relay_.die(RelayParty::Death::killed);
  alice_->client().start();
  proto::pb::ApiRequest request;
  request.mutable_remove_device()->set_number(2);
  static_cast<void>(alice_->ask_first(request));
  const auto copy = alice_->client().snapshot();
  relay_.start();
  alice_->listen();
  pass(minutes{3});
  EXPECT_TRUE(remove_device(*alice_, 2).has_done() || numbers(*alice_).size() == 1);
  linked(*alice_);
  restore(*alice_, copy);
  pass(minutes{2});
  EXPECT_EQ(numbers(*alice_), (std::vector<std::uint32_t>{1, 3}));
  EXPECT_TRUE(remove_device(*alice_, 3).has_done()) << "nothing waits for ever";
  EXPECT_EQ(second.times_read("x"), 0);
}

TEST_F(OwnListStory, TheWeeklyListOfAnOldCopyFollowsTheNewest) {
  const auto copy = alice_->client().snapshot();
  for (int week = 0; week < 2; ++week) {
    alice_->go_offline();
    pass(days{8});
    alice_->come_online();
    pass(minutes{2});
  }
  restore(*alice_, copy);
  alice_->go_offline();
  pass(days{8});
  alice_->come_online();
  pass(minutes{2});
  expect_arrives(*alice_, *bob_, "after weeks");
  expect_arrives(*bob_, *alice_, "and back");
  EXPECT_EQ(trust(*alice_, *bob_), proto::pb::TRUST_UNVERIFIED);
  EXPECT_EQ(trust(*bob_, *alice_), proto::pb::TRUST_UNVERIFIED);
}

// The blocked one knows the secret which the copy takes for its newest.
TEST_F(OwnListStory, AnOldCopyHasAnotherWriteSecret) {
  const auto copy = alice_->client().snapshot();
  auto& carol = newcomer();
  carol.add(alice_->invite());
  pass(seconds{10});
  proto::pb::ApiRequest request;
  request.mutable_block()->set_name(carol.name());
  EXPECT_TRUE(alice_->ask(request).has_contact());
  expect_arrives(*alice_, *bob_, "a new secret");
  restore(*alice_, copy);
  pass(minutes{2});
  sleep(days{35});
  expect_arrives(*bob_, *alice_, "still heard");
  auto& dave = newcomer();
  dave.add(alice_->invite());
  pass(minutes{1});
  expect_arrives(dave, *alice_, "by a new link");
  expect_arrives(dave, *alice_, "with the secret");
}

// By a gap in her mailbox, and no epoch. The key that she knows her relay takes no more, so that
// she could tell nobody another one.
TEST_F(OwnListStory, ACopyFromBeforeSomebodyWasBlockedIsWrittenToByHim) {
  make_stamps_cheap();
  auto& carol = newcomer();
  carol.add(alice_->invite());
  pass(seconds{10});
  expect_arrives(carol, *alice_, "hello");
  expect_arrives(*bob_, *alice_, "hello to you");
  const auto copy = alice_->client().snapshot();
  proto::pb::ApiRequest request;
  request.mutable_block()->set_name(bob_->name());
  request.mutable_block()->set_now(true);
  EXPECT_TRUE(alice_->ask(request).has_contact());
  expect_arrives(*alice_, carol, "here is another key");
  expect_arrives(carol, *alice_, "read and forgotten");
  restore(*alice_, copy);
  expect_arrives(carol, *alice_, "next");
  static_cast<void>(bob_->send(*alice_, "waits", true));
  pass(minutes{5});
  EXPECT_EQ(alice_->times_read("waits"), 1);
}

TEST_F(OwnListStory, ARemovedDeviceSaysSo) {
  auto& second = linked(*alice_);
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  pass(minutes{1});
  EXPECT_THAT(ask_for_devices(second).failure().sentence(), HasSubstr("was removed"));
  EXPECT_THAT(ask_for_devices(second).failure().sentence(), HasSubstr("was removed"));
}

// They know the account's id by a link of hers.
TEST_F(OwnListStory, StrangersWhoAskAllTheTimeDoNotKeepARemovalBack) {
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "we are two");
  proto::pb::ApiRequest who;
  who.mutable_who_am_i();
  relay_.take_one_time_keys(alice_->ask(who).who_am_i().account(), 1'000);
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  EXPECT_EQ(numbers(*alice_), std::vector<std::uint32_t>{1});
  expect_arrives(*alice_, *bob_, "I am one");
  expect_arrives(*bob_, *alice_, "to the one that is left");
  EXPECT_EQ(second.times_read("to the one that is left"), 0);
}

TEST_F(OwnListStory, ARemovedDeviceSendsNothingMoreOnceItHasLookedForMail) {
  auto& second = linked(*alice_);
  second.go_offline();
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  second.come_online();
  pass(seconds{10});
  const auto told = second.send(*bob_, "to nobody");
  EXPECT_NE(told.state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_->times_read("to nobody"), 0);
}

// The news of the removal and the message wait for Bob together.
TEST_F(OwnListStory, WhatARemovedDeviceWroteIsNotReadBesideTheNewsOfIt) {
  auto& second = linked(*alice_);
  expect_arrives(*alice_, *bob_, "we are two");
  second.go_offline();
  bob_->go_offline();
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  pass(minutes{1});
  second.client().start();
  EXPECT_EQ(second.send(*bob_, "from the removed one").state(), MESSAGE_STATE_RELAY);
  bob_->come_online();
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("from the removed one"), 0);
  expect_arrives(*alice_, *bob_, "from who is left");
}

// Who is still in the list, and had not heard of it when he wrote, is shown a moment later.
TEST_F(OwnListStory, WhatADeviceThatStaysWroteIsReadBesideTheNewsOfAnotherOne) {
  auto& second = linked(*alice_);
  linked(*alice_);
  expect_arrives(*alice_, *bob_, "we are three");
  second.go_offline();
  bob_->go_offline();
  EXPECT_TRUE(remove_device(*alice_, 3).has_done());
  pass(minutes{1});
  second.client().start();
  EXPECT_EQ(second.send(*bob_, "from the second").state(), MESSAGE_STATE_RELAY);
  bob_->come_online();
  pass(minutes{2});
  EXPECT_EQ(bob_->times_read("from the second"), 1);
}

// It has never asked for mail since.
TEST_F(OwnListStory, ADeviceThatOnlySendsLooksOnceADayWhetherItWasRemoved) {
  auto& second = linked(*alice_);
  second.go_offline();
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  pass(hours{22});
  second.client().start();
  EXPECT_EQ(second.send(*bob_, "within the day").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_->times_read("within the day"), 0);
  second.go_offline();
  pass(hours{3});
  second.client().start();
  EXPECT_NE(second.send(*bob_, "a day later").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_->times_read("a day later"), 0);
}

// Its clock was a year ahead when it last looked.
TEST_F(OwnListStory, ADeviceThatHasLookedInTheFutureLooksAgain) {
  auto& second = linked(*alice_);
  second.client().set_clock(days{365});
  second.go_offline();
  second.come_online();
  pass(minutes{2});
  second.go_offline();
  second.client().set_clock({});
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  second.client().start();
  EXPECT_NE(second.send(*bob_, "to nobody").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_->times_read("to nobody"), 0);
}

// It asks for no mail, and for nothing that is about devices.
TEST_F(OwnListStory, ARemovedDeviceHearsOfItInEveryAnswerOfItsRelay) {
  auto& second = linked(*alice_);
  second.go_offline();
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  pass(hours{1});
  second.client().start();
  proto::pb::ApiRequest status;
  status.mutable_status();
  EXPECT_TRUE(second.ask(status).status().reachable());
  pass(seconds{10});
  EXPECT_NE(second.send(*bob_, "to nobody").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_->times_read("to nobody"), 0);
}

// Whoever asks how things are hears of it at once, and later without a relay too.
TEST_F(OwnListStory, ARemovedDeviceIsToldSoWhenItLooksHowItIs) {
  auto& second = linked(*alice_);
  proto::pb::ApiRequest look;
  look.mutable_status()->set_own_list(true);
  EXPECT_FALSE(second.ask(look).status().has_own_list());
  EXPECT_FALSE(alice_->ask(look).status().has_own_list());
  second.go_offline();
  EXPECT_TRUE(remove_device(*alice_, 2).has_done());
  second.client().start();
  EXPECT_EQ(second.ask(look).status().own_list().exit_code(), 6U);
  second.go_offline();
  relay_.die(RelayParty::Death::killed);
  second.client().start();
  const auto status = second.ask(look).status();
  EXPECT_FALSE(status.reachable());
  EXPECT_EQ(status.own_list().exit_code(), 6U);
}

TEST_F(OwnListStory, ADeviceThatOnlySendsGoesOnAfterTheLook) {
  auto& second = linked(*alice_);
  second.go_offline();
  pass(days{8});
  alice_->go_offline();  // for the week's list
  alice_->come_online();
  pass(minutes{1});
  second.client().start();
  EXPECT_EQ(second.send(*bob_, "a week later").state(), MESSAGE_STATE_RELAY);
  pass(minutes{1});
  EXPECT_EQ(bob_->times_read("a week later"), 1);
}

TEST_F(OwnListStory, ANinthDeviceIsRefusedAndNothingChanges) {
  for (int i = 0; i < 7; ++i) {
    linked(*alice_, false);
    pass(minutes{15});  // a relay keeps only so many rendezvous
  }
  auto& fresh = member();
  const auto refused = approve(*alice_, begin_link(fresh));
  EXPECT_EQ(refused.failure().exit_code(), 1U);
  EXPECT_THAT(refused.failure().sentence(), HasSubstr("8 devices"));
  EXPECT_EQ(numbers(*alice_), (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_TRUE(remove_device(*alice_, 8).has_done());
  pass(minutes{15});
  linked(*alice_, false);
  EXPECT_EQ(numbers(*alice_).back(), 9U);
}

}  // namespace
}  // namespace bisik::simulation
