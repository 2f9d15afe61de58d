// Sessions that are lost: whoever was restored from an old copy of his folder, whoever is asked to
// send again, and what a person does by hand. Nothing is lost or doubled, and one line says so.
#include <gtest/gtest.h>

#include "client/engine/step.hpp"
#include "proto/rows.pb.h"
#include "tests/simulation/cheap_stamps.hpp"
#include "tests/simulation/member.hpp"
#include "tests/simulation/relay_party.hpp"
#include "tests/simulation/wiretap.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Repair : public testing::Test {
 protected:
  Repair() {
    relay_.attach(network_);
    for (auto* member : {&alice_, &bob_}) {
      EXPECT_TRUE(member->join(proto::format_link(
          {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
    }
    before_they_met_ = bob_.client().snapshot();
    bob_.add(alice_.invite());
    pass(seconds{10});
    say(alice_, bob_, "hello Bob");
    say(bob_, alice_, "hello Alice");
    alice_.tell_nothing_to(bob_);
    bob_.tell_nothing_to(alice_);
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }
  static void say(Member& from, const Member& to, const std::string& text) {
    EXPECT_EQ(from.send(to, text).state(), MESSAGE_STATE_RELAY) << text;
  }
  void restore(Member& member, const storage::DiskImage& copy) {
    member.go_offline();
    member.client().restore(copy);
    member.come_online();
    pass(seconds{30});
  }
  static proto::pb::ProfileStatus status(Member& member) {
    ApiRequest request;
    request.mutable_status();
    return member.ask(request).status();
  }
  static void block(Member& member, const Member& whom, bool blocks = true, bool now = false) {
    ApiRequest request;
    request.mutable_block()->set_now(now);
    request.mutable_block()->set_name(whom.name());
    request.mutable_block()->set_unblock(!blocks);
    EXPECT_TRUE(member.ask(request).has_contact());
  }
  // Bob is not told.
  void give_alice_another_key() {
    carol_.emplace(world_, network_, 2);
    EXPECT_TRUE(carol_->join(proto::format_link(
        {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
    carol_->add(alice_.invite());
    pass(seconds{10});
    say(*carol_, alice_, "hello");
    block(alice_, *carol_, true, true);
  }
  // Of Bob, before she took the one that he knows by now.
  storage::DiskImage copy_without_alices_key() {
    make_stamps_cheap();
    auto copy = bob_.client().snapshot();
    expect_a_whole_conversation();
    give_alice_another_key();
    say(alice_, bob_, "here is another key");
    pass(seconds{10});
    return copy;
  }
  static void begin_anew(Member& member, const Member& with) {
    ApiRequest request;
    request.mutable_repair()->set_name(with.name());
    EXPECT_TRUE(member.ask(request).has_contact());
  }
  proto::pb::ContactRow bobs_row_of_alice() {
    for (const auto& value : bob_.client().rows().all(client::RowKind::contact)) {
      auto row = client::parse_row<proto::pb::ContactRow>(value);
      if (row.name() == alice_.name()) return row;
    }
    return {};
  }
  std::string bob_account() {
    ApiRequest request;
    request.mutable_who_am_i();
    return bob_.ask(request).who_am_i().account();
  }
  // The relay has it.
  bool bob_has_knocked() {
    bool has_knocked = false;
    for (const auto& value : bob_.client().rows().all(client::RowKind::contact)) {
      has_knocked |= client::parse_row<proto::pb::ContactRow>(value).knocked_ms() != 0;
    }
    for (const auto& value : bob_.client().rows().all(client::RowKind::outbox)) {
      if (client::parse_row<proto::pb::OutboxRow>(value).knocks()) return false;
    }
    return has_knocked;
  }
  void expect_a_whole_conversation() {
    say(alice_, bob_, "do you read me?");
    say(bob_, alice_, "loud and clear");
    say(alice_, bob_, "good");
    pass(seconds{30});
    EXPECT_EQ(bob_.times_in_history(alice_, "do you read me?"), 1);
    EXPECT_EQ(alice_.times_in_history(bob_, "loud and clear"), 1);
    EXPECT_EQ(bob_.times_in_history(alice_, "good"), 1);
  }

  World world_{1};
  RelayParty relay_{world_, Defect::none, {}};
  Network network_{world_, relay_};
  Member alice_{world_, network_, 0};
  Member bob_{world_, network_, 1};
  std::optional<Member> carol_;
  storage::DiskImage before_they_met_;
};

TEST_F(Repair, ACopyFromBeforeTheLastStartIsFoundOutByTheRelaysEpoch) {
  const auto copy = bob_.client().snapshot();
  bob_.go_offline();
  bob_.come_online();
  pass(seconds{10});
  EXPECT_EQ(status(bob_).restored_ms(), 0U);
  restore(bob_, copy);
  EXPECT_NE(status(bob_).restored_ms(), 0U);
  expect_a_whole_conversation();
}

TEST_F(Repair, WhatACopyHasForgottenIsSentAgainOnce) {
  const auto copy = bob_.client().snapshot();
  say(alice_, bob_, "one");
  say(alice_, bob_, "two");
  restore(bob_, copy);
  say(alice_, bob_, "three");
  pass(seconds{30});
  EXPECT_NE(status(bob_).restored_ms(), 0U);
  for (const auto* text : {"one", "two", "three"}) {
    EXPECT_EQ(bob_.times_in_history(alice_, text), 1) << text;
  }
  expect_a_whole_conversation();
}

// As after words of a relay that were not so. Bob says nothing, so that nobody else can see it.
TEST_F(Repair, APlaceInTheMailboxThatWasMadeUpHidesNoCopy) {
  proto::pb::MailboxPlaceRow row;
  row.set_sequence(1'000'000);
  row.set_received_ms(1);
  client::Step step{{{}, {}}};
  step.put(client::RowKind::state_epoch, {{}, 1}, row);
  bob_.client().tamper(std::move(step).take().rows);
  bob_.listen();
  say(alice_, bob_, "zero");
  const auto copy = bob_.client().snapshot();
  say(alice_, bob_, "one");
  restore(bob_, copy);
  say(alice_, bob_, "two");
  pass(seconds{30});
  EXPECT_NE(status(bob_).restored_ms(), 0U);
  EXPECT_EQ(bob_.times_in_history(alice_, "one"), 1);
}

// Nothing was received in between and no process was started: only the contact can see it.
TEST_F(Repair, ASenderWhoWasRestoredIsToldThatHisPlaceInTheChainWasUsed) {
  const auto copy = alice_.client().snapshot();
  say(alice_, bob_, "one");
  restore(alice_, copy);
  EXPECT_EQ(status(alice_).restored_ms(), 0U);
  say(alice_, bob_, "two");
  pass(seconds{30});
  EXPECT_EQ(bob_.times_in_history(alice_, "one"), 1);
  EXPECT_EQ(bob_.times_in_history(alice_, "two"), 1);
  expect_a_whole_conversation();
}

TEST_F(Repair, AnAnswerToAChainThatACopyDoesNotKnowIsAskedForAgain) {
  const auto copy = alice_.client().snapshot();
  say(alice_, bob_, "one");
  alice_.go_offline();
  say(bob_, alice_, "two");
  restore(alice_, copy);
  pass(seconds{30});
  EXPECT_EQ(alice_.times_in_history(bob_, "two"), 1);
  expect_a_whole_conversation();
}

TEST_F(Repair, BothMayBeCopies) {
  const auto copy_of_alice = alice_.client().snapshot();
  const auto copy_of_bob = bob_.client().snapshot();
  say(alice_, bob_, "one");
  say(bob_, alice_, "two");
  alice_.go_offline();
  restore(bob_, copy_of_bob);
  restore(alice_, copy_of_alice);
  pass(minutes{2});
  expect_a_whole_conversation();
}

TEST_F(Repair, WhatNobodysSessionOpensWaitsAndIsCounted) {
  bob_.go_offline();
  bob_.client().restore(before_they_met_);
  bob_.come_online();
  say(alice_, bob_, "who am I to you?");
  pass(seconds{30});
  EXPECT_EQ(status(bob_).set_aside(), 1U);
  EXPECT_EQ(status(alice_).set_aside(), 0U);
  pass(hours{24 * 8});
}

TEST_F(Repair, BeginningAnewByHandBringsWhatWasMissingAndNothingTwice) {
  say(alice_, bob_, "one");
  ApiRequest request;
  request.mutable_repair()->set_name(alice_.name());
  EXPECT_TRUE(bob_.ask(request).has_contact());
  pass(seconds{30});
  EXPECT_EQ(bob_.times_in_history(alice_, "one"), 1);
  expect_a_whole_conversation();
  request.mutable_repair()->set_name("nobody");
  EXPECT_EQ(bob_.ask(request).failure().exit_code(), 1U);
}

TEST_F(Repair, ACopyInWhichSomebodyIsBlockedHealsWhenHeIsUnblocked) {
  block(alice_, bob_);
  const auto copy = alice_.client().snapshot();
  block(alice_, bob_, false);
  expect_a_whole_conversation();
  alice_.go_offline();
  alice_.come_online();
  pass(seconds{10});
  restore(alice_, copy);
  EXPECT_NE(status(alice_).restored_ms(), 0U);
  block(alice_, bob_, false);
  pass(minutes{2});
  say(bob_, alice_, "are you back?");
  pass(minutes{2});
  EXPECT_EQ(alice_.times_in_history(bob_, "are you back?"), 1);
}

TEST_F(Repair, WhatSomebodySaysOfItsSessionsWhileItIsBlockedCountsAfterwards) {
  const auto copy = bob_.client().snapshot();
  expect_a_whole_conversation();
  say(alice_, bob_, "this is lost with the copy");
  pass(seconds{10});
  block(alice_, bob_);
  restore(bob_, copy);
  pass(minutes{2});
  EXPECT_EQ(bob_.times_in_history(alice_, "this is lost with the copy"), 0);
  block(alice_, bob_, false);
  pass(minutes{2});
  say(alice_, bob_, "you are unblocked");
  pass(minutes{2});
  EXPECT_EQ(bob_.times_in_history(alice_, "you are unblocked"), 1);
  EXPECT_EQ(bob_.times_in_history(alice_, "this is lost with the copy"), 1);
}

// Alice's new key is not in Bob's copy, and she goes on in a session that he has lost: he asks her
// for the key at her knock queue, and she has to learn there in which session to answer.
TEST_F(Repair, ACopyThatMayNotWriteAnyMoreHealsWithItsKnock) {
  const auto copy = copy_without_alices_key();
  restore(bob_, copy);
  pass(minutes{5});
  say(alice_, bob_, "can you read this?");
  pass(minutes{2});
  EXPECT_EQ(bob_.times_in_history(alice_, "can you read this?"), 1);
  say(bob_, alice_, "and you this?");
  pass(seconds{10});
  EXPECT_EQ(alice_.times_in_history(bob_, "and you this?"), 1);
}

// The answer is gone with the state that it came to, and a knock may be repeated after a week only.
TEST_F(Repair, ACopyFromBeforeTheAnswerToAKnockKnocksAgain) {
  const auto copy = copy_without_alices_key();
  bob_.go_offline();
  bob_.client().restore(copy);
  bob_.come_online();
  ApiRequest request;
  request.mutable_send()->add_recipients(alice_.name());
  request.mutable_send()->set_text("is this still your key?");
  request.mutable_send()->set_queue(true);
  bob_.client().command(request);
  for (int i = 0; i < 60'000 && !bob_has_knocked(); ++i) pass(Duration{1});
  ASSERT_TRUE(bob_has_knocked());
  const auto another = bob_.client().snapshot();
  pass(minutes{5});
  say(bob_, alice_, "here is your answer");
  restore(bob_, another);
  say(alice_, bob_, "by which he learns that he is a copy");
  pass(minutes{10});
  say(bob_, alice_, "and here another one");
  pass(seconds{10});
  EXPECT_EQ(alice_.times_in_history(bob_, "and here another one"), 1);
}

TEST_F(Repair, WhoeverIsPutBackTooOftenIsWrittenToAsHeCanReadAndHasTheRestInAnHour) {
  const auto copy = bob_.client().snapshot();
  for (int i = 0; i < 10; ++i) {
    say(alice_, bob_, "number " + std::to_string(i));
    pass(seconds{5});
    restore(bob_, copy);
  }
  say(alice_, bob_, "still there?");
  pass(seconds{30});
  EXPECT_EQ(bob_.times_in_history(alice_, "still there?"), 1);
  pass(hours{2});
  EXPECT_EQ(bob_.times_in_history(alice_, "number 9"), 1);
}

// Nothing else would say so: the epoch is that of the copy, which was made while the same process
// ran, the mailbox has no gap, and what goes on is a new session, where no place is used twice.
TEST_F(Repair, ACopyThatIsAnsweredWhatItNeverWroteKnowsThatItIsOne) {
  say(alice_, bob_, "hello");
  say(bob_, alice_, "it is for you to go on");
  pass(seconds{2});
  const auto copy = alice_.client().snapshot();
  say(alice_, bob_, "what the copy does not know");
  pass(seconds{2});
  restore(alice_, copy);
  pass(seconds{2});
  EXPECT_EQ(status(alice_).restored_ms(), 0U);
  say(bob_, alice_, "an answer to that");
  pass(seconds{30});
  EXPECT_NE(status(alice_).restored_ms(), 0U);
  EXPECT_EQ(alice_.times_in_history(bob_, "an answer to that"), 1);
  expect_a_whole_conversation();
}

// Whoever begins a session with one of them would not be heard, and is told so once a day only.
TEST_F(Repair, ACopyThatDoesNotKnowItsNewestKeysReplacesThem) {
  const auto copy = bob_.client().snapshot();
  relay_.take_one_time_keys(bob_account(), 200);
  pass(hours{3});
  restore(bob_, copy);
  for (const auto* text : {"one", "two"}) {
    begin_anew(alice_, bob_);
    say(alice_, bob_, text);
    pass(seconds{30});
    EXPECT_EQ(bob_.times_in_history(alice_, text), 1) << text;
  }
}

// A cell arrives late in a session that was given up meanwhile. It has nothing to say of that.
TEST_F(Repair, WhatGoesAgainIsNoRequestToTheOtherSide) {
  ApiRequest request;
  request.mutable_send()->add_recipients(bob_.name());
  request.mutable_send()->set_text("late");
  network_.weather = {.least_delay = Duration{2'000}, .most_delay = Duration{2'000}};
  alice_.client().command(request);
  pass(Duration{10});
  network_.weather = {.least_delay = Duration{1}, .most_delay = Duration{1}};
  begin_anew(alice_, bob_);
  pass(minutes{1});
  EXPECT_EQ(bob_.times_in_history(alice_, "late"), 1);
  EXPECT_EQ(bobs_row_of_alice().repairs(), 2U) << "a new session, and that it is for all others";
}

TEST_F(Repair, AProfileThatNobodyCopiedIsNeverTakenForACopy) {
  for (int i = 0; i < 5; ++i) {
    bob_.go_offline();
    say(alice_, bob_, "text " + std::to_string(i));
    bob_.come_online();
    pass(minutes{1});
  }
  EXPECT_EQ(status(bob_).restored_ms(), 0U);
  EXPECT_EQ(status(alice_).restored_ms(), 0U);
}

// What was counted before the upload is heard after it has left: a second upload would give away
// once more what somebody has got from the first.
TEST(RepairOverSlowLines, ACopyUploadsItsNewKeysOnce) {
  World world{1};
  RelayParty relay{world, Defect::none, {}};
  Wiretap tap{relay};
  Network network{world, tap};
  tap.attach(network);
  network.weather = {.least_delay = Duration{100}, .most_delay = Duration{100}};
  Member alice{world, network, 0};
  EXPECT_TRUE(alice.join(proto::format_link(
      {.relay = relay.address(), .invite = relay.make_invite(1), .contact = {}})));
  const auto copy = alice.client().snapshot();
  for (const bool is_copy : {false, true}) {
    alice.go_offline();
    if (is_copy) alice.client().restore(copy);
    alice.come_online();
    world.run_until(world.now() + minutes{1});
    EXPECT_EQ(tap.uploads(), is_copy ? 1U : 0U);
  }
}

}  // namespace
}  // namespace bisik::simulation
