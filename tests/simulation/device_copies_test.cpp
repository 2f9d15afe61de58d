// Accounts with several devices, one of which is put back to an earlier copy of its folder, or is
// new and not known to everybody yet: nothing of the conversation is missing afterwards, and
// nothing is there twice (I2, I5).
#include <gmock/gmock.h>

#include <algorithm>

#include "crypto/prekey.hpp"
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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

  static bool began_anew(const Member& member) {
    return std::ranges::any_of(member.notices(), [](const std::string& notice) {
      return notice.find("had lost your conversation's keys") != std::string::npos;
    });
  }

  // Nobody who has begun a session with one of them by now is heard in it. Who comes later may be:
  // they are given back by what this returns.
  static std::vector<client::RowWrite> lose_one_time_keys(Member& member) {
    constexpr std::size_t kBeforeId = 1 + 8 + 8;  // what client/engine keeps before the key
    std::vector<client::RowWrite> gone;
    std::vector<client::RowWrite> kept;
    for (auto& row : member.client().rows().all(client::RowKind::one_time_key)) {
      crypto::SecretReader in{row};
      static_cast<void>(in.take(kBeforeId));
      const auto id = crypto::big_endian(in.take_int<crypto::PrekeyId>());
      const client::RowId place{{id.begin(), id.end()}, 0};
      gone.push_back({client::RowKind::one_time_key, place, {}});
      kept.push_back({client::RowKind::one_time_key, place, std::move(row)});
    }
    member.client().tamper(gone);
    return kept;
  }

  // What was begun with this one's keys while it was away, it cannot read.
  void come_online_without_keys(Member& member) {
    member.client().start();
    const auto kept = lose_one_time_keys(member);
    member.listen();
    pass(seconds{10});
    member.client().tamper(kept);
    member.listen();
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

// Who is who it hears from the primary, which is away.
TEST_F(DeviceCopies, WhatIsToldOfSomebodyWhoIsNotKnownYetIsThereWhenHeIs) {
  auto& second = linked(*alice_);
  auto& fresh = member();
  const auto code = begin_link(fresh, false);
  EXPECT_TRUE(approve(*alice_, code).has_digits_wanted());
  EXPECT_TRUE(confirm(*alice_, digits_of(fresh)).has_done());
  alice_->go_offline();
  EXPECT_TRUE(accept(fresh).has_done());
  pass(minutes{2});
  expect_arrives(second, *bob_, "to somebody whom the new one does not know");
  EXPECT_TRUE(texts(fresh, *bob_).empty());
  fresh.go_offline();
  pass(minutes{1});
  fresh.come_online();
  alice_->come_online();
  pass(minutes{3});
  EXPECT_EQ(times(fresh, *bob_, "> to somebody whom the new one does not know"), 1);
}

// What it says of itself is lost: so is the session in which it has said it.
TEST_F(DeviceCopies, ANewDeviceThatIsNotHeardSaysAgainThatItIsNew) {
  expect_arrives(*alice_, *bob_, "from before");
  auto& fresh = member();
  const auto code = begin_link(fresh);
  EXPECT_TRUE(approve(*alice_, code).has_digits_wanted());
  EXPECT_TRUE(confirm(*alice_, digits_of(fresh)).has_done());
  alice_->go_offline();
  EXPECT_TRUE(accept(fresh).has_done());
  pass(seconds{30});
  come_online_without_keys(*alice_);
  fresh.listen();
  pass(minutes{3});
  EXPECT_EQ(times(fresh, *bob_, "> from before"), 1);
  expect_arrives(*bob_, *alice_, "to both");
  EXPECT_EQ(fresh.times_read("to both"), 1);
  expect_arrives(fresh, *bob_, "from the new one");
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

// It has not sent it, as far as it knows; and who has it has forgotten by then that it came.
TEST_F(DeviceCopies, WhatWaitsInACopyOfWeeksAgoIsThereOnce) {
  auto& second = linked(*alice_);
  relay_.die(RelayParty::Death::killed);
  EXPECT_EQ(alice_->send(*bob_, "waits", true).state(), proto::pb::MESSAGE_STATE_WAITING);
  const auto copy = alice_->client().snapshot();
  relay_.start();
  pass(minutes{3});
  EXPECT_EQ(times(second, *bob_, "> waits"), 1);
  for (auto* member : {alice_, bob_, &second}) member->go_offline();
  for (int week = 0; week < 8; ++week) {
    pass(std::chrono::hours{24 * 7});
    for (auto* member : {alice_, bob_, &second}) member->come_online();
    pass(minutes{10});
    for (auto* member : {alice_, bob_, &second}) member->go_offline();
  }
  for (auto* member : {bob_, &second}) member->come_online();
  restore(*alice_, copy);
  pass(minutes{10});
  EXPECT_EQ(times(*alice_, *bob_, "> waits"), 1);
  EXPECT_EQ(times(second, *bob_, "> waits"), 1);
  EXPECT_EQ(times(*bob_, *alice_, "< waits"), 1);
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

// It goes on in a session with what this was a copy of, and nobody else knows that it is there.
TEST_F(DeviceCopies, ADeviceThatWasLinkedAfterTheCopyIsHeard) {
  const auto copy = alice_->client().snapshot();
  auto& second = linked(*alice_);
  restore(*alice_, copy);
  pass(minutes{3});
  EXPECT_NE(restored_ms(*alice_), 0U);
  expect_arrives(second, *bob_, "which the copy did not know");
  expect_arrives(*alice_, *bob_, "which it does not know of the copy");
  EXPECT_EQ(times(*alice_, *bob_, "> which the copy did not know"), 1);
  EXPECT_EQ(times(second, *bob_, "> which it does not know of the copy"), 1);
}

// The list names it, and its keys never come.
TEST_F(DeviceCopies, ADeviceThatWasNeverSetUpKeepsNoCopyFromItsOthers) {
  auto& second = linked(*alice_);
  const auto copy = second.client().snapshot();
  expect_arrives(*bob_, *alice_, "read and forgotten");
  auto& third = member();
  const auto code = begin_link(third);
  EXPECT_TRUE(approve(*alice_, code).has_digits_wanted());
  EXPECT_TRUE(confirm(*alice_, digits_of(third)).has_done());
  restore(second, copy);
  expect_arrives(*bob_, *alice_, "next");
  EXPECT_NE(restored_ms(second), 0U);
  expect_arrives(second, *bob_, "here I am");
  EXPECT_EQ(times(second, *bob_, "< read and forgotten"), 1);
  EXPECT_EQ(times(*alice_, *bob_, "> here I am"), 1);
}

// Its relay would give away those of the device that asks.
TEST_F(DeviceCopies, WhoWaitsForADeviceThatWasNeverSetUpTakesNoOneTimeKeys) {
  expect_arrives(*alice_, *bob_, "which takes one of Bob's");
  auto& second = member();
  const auto code = begin_link(second);
  EXPECT_TRUE(approve(*alice_, code).has_digits_wanted());
  EXPECT_TRUE(confirm(*alice_, digits_of(second)).has_done());
  const auto before = tap_.takings();
  expect_arrives(*alice_, *bob_, "to be told to both of mine");
  pass(minutes{10});
  EXPECT_EQ(tap_.takings(), before);
}

// What Bob has sent before yesterday only her other device can tell, to which it is not new any
// more.
TEST_F(DeviceCopies, WhatACopyAsksInASessionThatCannotBeginItAsksAgain) {
  auto& second = linked(*alice_);
  for (int week = 0; week < 5; ++week) sleep(std::chrono::hours{24 * 7});
  const auto copy = second.client().snapshot();
  expect_arrives(*bob_, *alice_, "read and forgotten");
  sleep(std::chrono::hours{48});
  second.go_offline();
  expect_arrives(*bob_, *alice_, "next");
  alice_->go_offline();
  restore(second, copy);
  EXPECT_NE(restored_ms(second), 0U);
  come_online_without_keys(*alice_);
  pass(minutes{3});
  EXPECT_EQ(times(second, *bob_, "< read and forgotten"), 1);
}

// Its mailbox was read to the end each week: nothing can have expired there.
TEST_F(DeviceCopies, WhereNothingCameForLongACopyIsFoundOutAllTheSame) {
  expect_arrives(*bob_, *alice_, "long ago");
  for (int week = 0; week < 6; ++week) sleep(std::chrono::hours{24 * 7});
  const auto copy = alice_->client().snapshot();
  expect_arrives(*bob_, *alice_, "read and forgotten");
  restore(*alice_, copy);
  expect_arrives(*bob_, *alice_, "next");
  EXPECT_NE(restored_ms(*alice_), 0U);
  EXPECT_EQ(times(*alice_, *bob_, "< read and forgotten"), 1);
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

// It is found out while she sends, with nobody there who reads.
TEST_F(DeviceCopies, ThatItIsACopyIsToldOnceToThePersonWhoReadsNext) {
  expect_arrives(*alice_, *bob_, "hello");
  expect_arrives(*bob_, *alice_, "hello to you");
  const auto copy = alice_->client().snapshot();
  expect_arrives(*alice_, *bob_, "one");
  restore(*alice_, copy);
  EXPECT_THAT(told_reading_along(*alice_), IsEmpty());
  expect_arrives(*alice_, *bob_, "two");
  EXPECT_NE(restored_ms(*alice_), 0U);
  alice_->go_offline();
  alice_->come_online();
  EXPECT_THAT(told_reading_along(*alice_), ElementsAre(HasSubstr("an older copy")));
  EXPECT_THAT(told_reading_along(*alice_), IsEmpty());
}

// What Bob cannot open she has forgotten by the time he says so.
TEST_F(DeviceCopies, WhoIsPutBackTwiceIsReadAllTheSame) {
  expect_arrives(*alice_, *bob_, "hello");
  expect_arrives(*bob_, *alice_, "hello to you");
  const auto copy = alice_->client().snapshot();
  bob_->tell_nothing_to(*alice_);
  expect_arrives(*alice_, *bob_, "one");
  restore(*alice_, copy);
  const auto another = alice_->client().snapshot();
  bob_->go_offline();
  EXPECT_EQ(alice_->send(*bob_, "two").state(), MESSAGE_STATE_RELAY);
  restore(*alice_, another);
  EXPECT_EQ(restored_ms(*alice_), 0U) << "nobody has noticed";
  bob_->come_online();
  pass(minutes{1});
  EXPECT_NE(restored_ms(*alice_), 0U);
  expect_arrives(*alice_, *bob_, "three");
}

// Nothing came in between, so that Alice has only Bob's word. Carol has got more from her than the
// copy knows, and Dave has not.
TEST_F(DeviceCopies, WhatOneContactHasSeenTheOthersAreAskedAbout) {
  auto& carol = newcomer();
  auto& dave = newcomer();
  for (auto* other : {&carol, &dave}) other->add(alice_->invite());
  pass(seconds{10});
  for (auto* other : {bob_, &carol, &dave}) {
    expect_arrives(*alice_, *other, "hello");
    expect_arrives(*other, *alice_, "hello from " + other->name());
    alice_->tell_nothing_to(*other);
    other->tell_nothing_to(*alice_);
  }
  const auto copy = alice_->client().snapshot();
  EXPECT_EQ(alice_->send(*bob_, "one").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_->send(carol, "two").state(), MESSAGE_STATE_RELAY);
  restore(*alice_, copy);
  EXPECT_EQ(restored_ms(*alice_), 0U) << "nobody has noticed";
  expect_arrives(*alice_, *bob_, "three");
  EXPECT_NE(restored_ms(*alice_), 0U);
  EXPECT_TRUE(began_anew(carol));
  EXPECT_FALSE(began_anew(dave)) << "there was nothing to heal";
  for (auto* other : {bob_, &carol, &dave}) {
    expect_arrives(*other, *alice_, "do you read me? " + other->name());
    expect_arrives(*alice_, *other, "loud and clear, " + other->name());
  }
}

// Bob has begun one with her second device since. Of the first one he learns that he is a copy, and
// of no other what he cannot open.
TEST_F(DeviceCopies, WhatIsWrittenInASessionThatACopyDoesNotKnowComesInTheNext) {
  expect_arrives(*bob_, *alice_, "hello");
  expect_arrives(*alice_, *bob_, "hello to you");
  auto& second = linked(*alice_);
  for (auto* device : {alice_, &second}) device->tell_nothing_to(*bob_);
  const auto copy = bob_->client().snapshot();
  expect_arrives(*bob_, *alice_, "to both of you");
  bob_->go_offline();
  EXPECT_EQ(second.send(*bob_, "he can open it no more").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_->send(*bob_, "nor this").state(), MESSAGE_STATE_RELAY);
  restore(*bob_, copy);
  pass(minutes{2});
  EXPECT_NE(restored_ms(*bob_), 0U);
  EXPECT_EQ(bob_->times_read("nor this"), 1);
  EXPECT_EQ(bob_->times_read("he can open it no more"), 1);
}

// Each has begun a session that the other cannot begin, and only one of the two says so in one that
// can be read.
TEST_F(DeviceCopies, WhatWasSentInASessionThatIsGivenUpGoesAgain) {
  expect_arrives(*alice_, *bob_, "hello");
  expect_arrives(*bob_, *alice_, "hello to you");
  bob_->go_offline();
  proto::pb::ApiRequest request;
  request.mutable_repair()->set_name(bob_->name());
  EXPECT_TRUE(alice_->ask(request).has_contact());
  EXPECT_EQ(alice_->send(*bob_, "in a session that he cannot begin").state(), MESSAGE_STATE_RELAY);
  alice_->go_offline();
  come_online_without_keys(*bob_);
  pass(minutes{1});
  come_online_without_keys(*alice_);
  pass(minutes{3});
  EXPECT_EQ(bob_->times_read("in a session that he cannot begin"), 1);
  expect_arrives(*bob_, *alice_, "heard");
  expect_arrives(*alice_, *bob_, "and heard");
}

}  // namespace
}  // namespace bisik::simulation
