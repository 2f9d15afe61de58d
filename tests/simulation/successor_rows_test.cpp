// What belongs to a contact moves with him, as a whole: on every device, through deaths and into
// backups, and from a chat that he had under the new key before (I1, I2).
#include "tests/simulation/moving_fixture.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::MOVE_FOLLOWED;
using proto::pb::MOVE_NONE;
using proto::pb::MOVE_OFFERED;
using std::chrono::minutes;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

constexpr std::size_t kHeaderBytes = 121;  // of a backup; docs/protocol.md, 9.3

class SuccessorRows : public Moving {
 protected:
  using Moving::Moving;
};

constexpr std::size_t kRoom = 4;

class SuccessorWithAFullMailbox : public Moving {
 protected:
  static server::Limits limits() {
    server::Limits limits;
    limits.mailbox_cells = kRoom;
    return limits;
  }
  SuccessorWithAFullMailbox() : Moving{limits()} {}

  // The first text for which there was no room at Alice's.
  std::string fill_alices_mailbox() {
    for (std::size_t i = 0; i <= kRoom; ++i) {
      auto text = "text " + std::to_string(i);
      if (bob_->send(*alice_, text, true).state() != MESSAGE_STATE_RELAY) last_ = text;
      pass(seconds{5});
    }
    return last_;
  }

 private:
  std::string last_;
};

TEST_F(SuccessorWithAFullMailbox, WhatWaitedGoesToTheNewKeyOnce) {
  const auto link = code(*alice_, *fresh_);
  alice_->go_offline();
  const auto waiting = fill_alices_mailbox();
  ASSERT_EQ(waiting, "text 4");
  alice_->client().start();  // and reads nothing yet
  EXPECT_TRUE(move(*alice_, link).succession().done());
  pass(seconds{5});
  ASSERT_EQ(entry(*bob_, "P0").move(), MOVE_OFFERED);
  alice_->listen();
  pass(minutes{90});
  EXPECT_EQ(alice_->times_read(waiting), 0) << "held";
  EXPECT_EQ(alice_->times_read("text 3"), 1);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read(waiting), 1);
  EXPECT_EQ(alice_->times_read(waiting), 0);
  EXPECT_EQ(texts(*bob_, "P0").back(), "> " + waiting);
}

TEST_F(SuccessorWithAFullMailbox, WhatWaitedGoesToTheOldKeyIfTheNewOneIsRefused) {
  const auto link = code(*alice_, *fresh_);
  alice_->go_offline();
  const auto waiting = fill_alices_mailbox();
  alice_->client().start();
  EXPECT_TRUE(move(*alice_, link).succession().done());
  pass(seconds{5});
  alice_->listen();
  EXPECT_TRUE(refuse(*bob_, "P0").has_contact());
  pass(minutes{90});
  EXPECT_EQ(alice_->times_read(waiting), 1);
}

TEST_F(SuccessorRows, AChatWithTheNewKeyIsJoinedBehindTheOldOne) {
  bob_->add(fresh_->invite());
  pass(seconds{10});
  expect_arrives(*bob_, *fresh_, "who are you");
  expect_arrives(*fresh_, *bob_, "you will see");
  expect_arrives(*fresh_, *bob_, "soon");
  move(*alice_, *fresh_);
  EXPECT_EQ(entry(*bob_, "P0").successor_name(), "P2");
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  EXPECT_EQ(texts(*bob_, "P0"),
            (Texts{"> before", "< answer", "> who are you", "< you will see", "< soon"}));
  EXPECT_EQ(entry(*bob_, "P2").name(), "") << "one contact";
  EXPECT_EQ(send(*bob_, "P0", "now I do").id(), "P0/6");
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("now I do"), 1);
}

TEST_F(SuccessorRows, UnreadMessagesStayUnreadUnderTheirNumbers) {
  bob_->go_offline();
  EXPECT_EQ(alice_->send(*bob_, "unread").state(), MESSAGE_STATE_RELAY);
  move(*alice_, *fresh_);
  bob_->client().start();
  proto::pb::ApiRequest request;
  request.mutable_receive()->set_keep(true);  // and acknowledges nothing
  pass(minutes{1});
  bob_->client().command(request);
  pass(minutes{1});
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  bob_->listen();
  pass(minutes{1});
  EXPECT_GE(bob_->times_read("unread"), 1);
  EXPECT_EQ(entry(*bob_, "P0").unread(), 0U) << "acknowledged where it is now";
  EXPECT_EQ(texts(*bob_, "P0"), (Texts{"> before", "< answer", "< unread"}));
}

TEST_F(SuccessorRows, FollowedOnOneDeviceHeIsFollowedOnAll) {
  auto& second = linked(*bob_);
  expect_arrives(*bob_, *alice_, "we are two");
  move(*alice_, *fresh_);
  EXPECT_EQ(entry(second, "P0").move(), MOVE_OFFERED);
  EXPECT_TRUE(accept(second, "P0").has_contact());
  pass(minutes{3});
  for (auto* device : {bob_, &second}) {
    EXPECT_EQ(texts(*device, "P0"), (Texts{"> before", "< answer", "> we are two"}));
    EXPECT_EQ(entry(*device, "P0").move(), MOVE_NONE);
    EXPECT_EQ(entry(*device, "P0-old").move(), MOVE_FOLLOWED);
  }
  EXPECT_EQ(send(*bob_, "P0", "from the first").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(send(second, "P0", "from the second").state(), MESSAGE_STATE_RELAY);
  pass(minutes{3});
  EXPECT_EQ(fresh_->times_read("from the first"), 1);
  EXPECT_EQ(fresh_->times_read("from the second"), 1);
  expect_arrives(*fresh_, *bob_, "to both");
  EXPECT_EQ(second.times_read("to both"), 1);
  EXPECT_EQ(texts(*bob_, "P0").size(), 6U);
  EXPECT_EQ(texts(second, "P0").size(), 6U);
}

// Copies leave up to a minute later: by then the chat is another account's.
TEST_F(SuccessorRows, WhatWasWrittenJustBeforeIsOnAllDevicesOnce) {
  auto& second = linked(*bob_);
  move(*alice_, *fresh_);
  EXPECT_TRUE(refuse(*bob_, "P0").has_contact());
  pass(minutes{3});
  EXPECT_EQ(send(*bob_, "P0", "one more to the old key").state(), MESSAGE_STATE_RELAY);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{3});
  const Texts all{"> before", "< answer", "> one more to the old key"};
  EXPECT_EQ(texts(*bob_, "P0"), all);
  EXPECT_EQ(texts(second, "P0"), all);
  EXPECT_EQ(texts(second, "P0-old"), Texts{});
}

TEST_F(SuccessorRows, RefusedOnOneDeviceHeIsRefusedOnAll) {
  auto& second = linked(*bob_);
  move(*alice_, *fresh_);
  EXPECT_TRUE(refuse(*bob_, "P0").has_contact());
  pass(minutes{3});
  EXPECT_EQ(entry(second, "P0").move(), proto::pb::MOVE_REFUSED);
  expect_arrives(second, *alice_, "I stay");
}

TEST_F(SuccessorRows, ADeviceThatIsLinkedLaterKnowsWhoIsWho) {
  move(*alice_, *fresh_);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  auto& second = linked(*bob_);
  EXPECT_EQ(texts(second, "P0"), (Texts{"> before", "< answer"}));
  EXPECT_EQ(entry(second, "P0").account(), entry(*bob_, "P0").account());
  EXPECT_EQ(entry(second, "P0-old").move(), MOVE_FOLLOWED);
  EXPECT_EQ(send(second, "P0", "from the new device").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("from the new device"), 1);
}

TEST_F(SuccessorRows, TheMoversOtherDevicesSayItToWhomTheyMeetLater) {
  auto& second = linked(*alice_);
  move(*alice_, *fresh_);
  proto::pb::ApiRequest request;
  request.mutable_who_am_i();
  EXPECT_EQ(second.ask(request).who_am_i().successor_name(), "P2");
  auto& carol = newcomer();
  carol.add(second.invite());
  pass(minutes{2});
  EXPECT_EQ(entry(carol, "P0").move(), MOVE_OFFERED);
  EXPECT_EQ(told(carol, "says to have moved"), 1);
}

TEST_F(SuccessorRows, WhoIsOfflineHearsOfItWhenHeReturns) {
  bob_->go_offline();
  alice_->go_offline();
  alice_->come_online();
  move(*alice_, *fresh_);
  alice_->go_offline();
  pass(std::chrono::days{3});
  bob_->come_online();
  pass(minutes{2});
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_OFFERED);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  EXPECT_EQ(send(*bob_, "P0", "found you").state(), MESSAGE_STATE_RELAY) << "without the old one";
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("found you"), 1);
}

TEST_F(SuccessorRows, ADeathWhileOneMovesLosesNobody) {
  const auto link = code(*alice_, *fresh_);
  for (const int moment : {0, 20, 60, 120, 200, 400, 800}) {
    SCOPED_TRACE(moment);
    auto& carol = newcomer();
    carol.add(alice_->invite());
    pass(minutes{1});
    proto::pb::ApiRequest request;
    request.mutable_move()->set_link(link);
    request.mutable_move()->set_confirmed(true);
    alice_->client().command(request);
    pass(Duration{moment});
    alice_->go_offline();
    alice_->come_online();
    pass(minutes{2});
    EXPECT_EQ(entry(carol, "P0").move(), MOVE_OFFERED);
  }
}

TEST_F(SuccessorRows, ADeathWhileOneFollowsLeavesTheChatWhole) {
  move(*alice_, *fresh_);
  fresh_->add(bob_->invite());
  EXPECT_EQ(fresh_->send(*bob_, "held").state(), MESSAGE_STATE_RELAY);
  pass(minutes{1});
  const auto before = bob_->client().snapshot();
  for (const int moment : {0, 5, 20, 50, 100, 200, 500}) {
    SCOPED_TRACE(moment);
    bob_->go_offline();
    bob_->client().restore(before);
    bob_->client().start();
    bob_->client().die_soon();
    proto::pb::ApiRequest request;
    request.mutable_accept()->set_name("P0");
    bob_->client().command(request);
    pass(Duration{moment});
    bob_->go_offline();
    bob_->client().start();
    const auto state = entry(*bob_, "P0").move();
    EXPECT_TRUE(state == MOVE_OFFERED || state == MOVE_NONE);
    if (state == MOVE_OFFERED) {
      EXPECT_TRUE(accept(*bob_, "P0").has_contact());
    }
    EXPECT_EQ(texts(*bob_, "P0"), (Texts{"> before", "< answer", "< held"}));
    EXPECT_EQ(entry(*bob_, "P0-old").move(), MOVE_FOLLOWED);
  }
}

TEST_F(SuccessorRows, ABackupKnowsWhoIsWho) {
  move(*alice_, *fresh_);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  proto::pb::ApiRequest request;
  request.mutable_backup();
  auto reply = bob_->ask(request);
  std::string file;
  while (reply.has_backup_part()) {
    file += reply.backup_part().bytes();
    request.mutable_backup_part()->set_backup(reply.backup_part().backup());
    reply = bob_->ask(request);
  }
  file += reply.backup_made().bytes();
  bob_->go_offline();
  auto& again = member();
  request.mutable_restore()->set_header(file.substr(0, kHeaderBytes));
  request.mutable_restore()->set_words(reply.backup_made().words());
  const auto number = again.ask(request).restore_progress().restore();
  request.mutable_restore_part()->set_restore(number);
  request.mutable_restore_part()->set_bytes(file.substr(kHeaderBytes));
  EXPECT_TRUE(again.ask(request).has_restore_progress());
  request.mutable_restore_end()->set_restore(number);
  EXPECT_TRUE(again.ask(request).has_who_am_i());
  again.listen();
  pass(minutes{2});
  EXPECT_EQ(texts(again, "P0"), (Texts{"> before", "< answer"}));
  EXPECT_EQ(entry(again, "P0-old").move(), MOVE_FOLLOWED);
  EXPECT_EQ(send(again, "P0", "from a new device").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("from a new device"), 1);
}

TEST_F(SuccessorRows, ABackupInTheMiddleOfWhichAChatMovesIsBegunAnew) {
  move(*alice_, *fresh_);
  proto::pb::ApiRequest request;
  request.mutable_backup();
  const auto reply = bob_->ask(request);
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  request.mutable_backup_part()->set_backup(reply.backup_part().backup());
  EXPECT_EQ(bob_->ask(request).failure().exit_code(), 1U);
}

// --- what is asked of the two profiles
// -------------------------------------------------------------

TEST_F(SuccessorRows, TheCodesServeOnlyTheProfilesThatTheyAreFor) {
  const auto link = code(*alice_, *fresh_);
  EXPECT_EQ(move(*bob_, link).failure().exit_code(), 1U) << "another account's";
  EXPECT_EQ(move(*alice_, fresh_->invite()).failure().exit_code(), 1U) << "no successor's";
  EXPECT_EQ(move(*alice_, "nonsense").failure().exit_code(), 1U);
  auto half = proto::parse_link(link).value();
  half.successor->by_new.front() ^= 1;
  EXPECT_EQ(move(*alice_, proto::format_link(half)).failure().exit_code(), 1U) << "forged";
  half = proto::parse_link(link).value();
  half.successor->created += seconds{1};
  EXPECT_EQ(move(*alice_, proto::format_link(half)).failure().exit_code(), 1U) << "another date";
  proto::pb::ApiRequest request;
  request.mutable_move();
  request.mutable_successor()->set_of(alice_->ask(request).succession().link());
  EXPECT_EQ(alice_->ask(request).failure().exit_code(), 1U) << "its own";
  request.mutable_successor()->set_of(link);
  EXPECT_EQ(fresh_->ask(request).failure().exit_code(), 1U) << "not what move shows";
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_NONE);
}

TEST_F(SuccessorRows, NothingIsSaidBeforeThePersonHasConfirmed) {
  const auto shown = move(*alice_, code(*alice_, *fresh_), false).succession();
  EXPECT_FALSE(shown.done());
  EXPECT_EQ(shown.contacts(), 1U);
  EXPECT_EQ(shown.name(), "P2");
  pass(minutes{5});
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_NONE);
}

TEST_F(SuccessorRows, AnAccountNamesOneSuccessor) {
  move(*alice_, *fresh_);
  auto& other = newcomer();
  const auto refused = move(*alice_, code(*alice_, other));
  EXPECT_EQ(refused.failure().exit_code(), 1U);
  EXPECT_EQ(told(*bob_, "Warning"), 0);
}

TEST_F(SuccessorRows, AnOldCodeIsRefused) {
  const auto link = code(*alice_, *fresh_);
  sleep(std::chrono::days{32});
  EXPECT_EQ(move(*alice_, link).failure().exit_code(), 1U);
  move(*alice_, *fresh_);
  EXPECT_EQ(entry(*bob_, "P0").move(), MOVE_OFFERED);
}

TEST_F(SuccessorRows, OnlyThePrimaryMoves) {
  auto& second = linked(*alice_);
  const auto link = code(*alice_, *fresh_);
  EXPECT_EQ(move(second, link).failure().exit_code(), 1U);
  proto::pb::ApiRequest request;
  request.mutable_move();
  EXPECT_EQ(second.ask(request).failure().exit_code(), 1U);
}

// The link of the first statement is used up by then.
TEST_F(SuccessorRows, WhoFollowsLateGetsThereByANewLink) {
  move(*alice_, *fresh_);
  sleep(std::chrono::days{32});
  EXPECT_TRUE(accept(*bob_, "P0").has_contact());
  pass(minutes{2});
  EXPECT_EQ(send(*bob_, "P0", "too late").failure().exit_code(), 6U);
  move(*alice_, *fresh_);
  EXPECT_EQ(send(*bob_, "P0", "by the new one").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(fresh_->times_read("by the new one"), 1);
}

}  // namespace
}  // namespace bisik::simulation
