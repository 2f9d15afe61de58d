// Replies, reactions, edits and deletions (docs/protocol.md, 4.6): each changes what it may and
// nothing else, on every device, in whatever order things come. And that somebody is typing.
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using proto::pb::Message;
using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::Reference;
using std::chrono::minutes;
using std::chrono::seconds;

class Amendments : public DeviceStory {
 protected:
  // The one that is not about another one.
  static Message first(Member& member, const Member& with) { return history(member, with).at(0); }

  static ApiReply delete_here(Member& member, const std::string& id) {
    ApiRequest request;
    request.mutable_delete_here()->set_id(id);
    return member.ask(request);
  }
  static proto::pb::Sent::Recipient say(Member& from, const Member& to, Reference::Kind kind,
                                        const std::string& id, const std::string& words,
                                        bool withdrawn = false) {
    ApiRequest request;
    auto& send = *request.mutable_send();
    send.add_recipients(to.name());
    send.set_timeout_ms(4'000);
    send.mutable_about()->set_kind(kind);
    send.mutable_about()->set_id(id);
    send.mutable_about()->set_withdrawn(withdrawn);
    if (kind == Reference::KIND_REACTION) {
      send.mutable_about()->set_emoji(words);
    } else {
      send.set_text(words);
    }
    return from.ask(request).sent().recipients(0);
  }
  void expect_said(Member& from, const Member& to, Reference::Kind kind, const std::string& id,
                   const std::string& words) {
    EXPECT_EQ(say(from, to, kind, id, words).state(), MESSAGE_STATE_RELAY) << words;
    pass(minutes{2});
  }
  std::string bobs() { return bob_->name() + "/"; }
  std::string alices() { return alice_->name() + "/"; }
};

TEST_F(Amendments, AReplySaysToWhatItIsAnAnswer) {
  expect_arrives(*alice_, *bob_, "shall we meet?");
  expect_said(*bob_, *alice_, Reference::KIND_REPLY, alices() + "1", "yes");
  const auto answer = history(*alice_, *bob_).at(1);
  EXPECT_EQ(answer.text(), "yes");
  EXPECT_EQ(answer.about().text(), "shall we meet?");
  EXPECT_EQ(answer.about_id(), bobs() + "1");
  EXPECT_TRUE(answer.about().of_other());
}

TEST_F(Amendments, AReactionIsThereUntilItIsWithdrawn) {
  expect_arrives(*alice_, *bob_, "hello");
  expect_said(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "+");
  expect_said(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "-");
  for (auto* side : {alice_, bob_}) {
    const auto shown = first(*side, side == alice_ ? *bob_ : *alice_);
    ASSERT_EQ(shown.reactions_size(), 1) << "one of each side, the last";
    EXPECT_EQ(shown.reactions(0).emoji(), "-");
    EXPECT_EQ(shown.reactions(0).ours(), side == bob_);
  }
  EXPECT_EQ(say(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "-", true).state(),
            MESSAGE_STATE_RELAY);
  pass(minutes{1});
  EXPECT_EQ(first(*alice_, *bob_).reactions_size(), 0);
}

TEST_F(Amendments, WhatWasNeverPlacedIsNotTakenBackAndNobodyHearsOfIt) {
  expect_arrives(*alice_, *bob_, "hello");
  const auto first_time = say(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "+", true);
  EXPECT_EQ(first_time.failure().exit_code(), 1U);
  expect_said(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "+");
  const auto another = say(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "-", true);
  EXPECT_NE(another.failure().sentence().find("is +, not -"), std::string::npos);
  pass(minutes{1});
  EXPECT_EQ(history(*alice_, *bob_).size(), 2U) << "the message, and the reaction that was placed";
  EXPECT_EQ(first(*alice_, *bob_).reactions_size(), 1);
}

TEST_F(Amendments, WhatAnotherDeviceHasPlacedCanBeTakenBackHere) {
  expect_arrives(*alice_, *bob_, "hello");
  auto& second = linked(*bob_);
  expect_said(second, *alice_, Reference::KIND_REACTION, alices() + "1", "+");
  EXPECT_EQ(say(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "+", true).state(),
            MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(first(*alice_, *bob_).reactions_size(), 0);
  const auto once_more = say(second, *alice_, Reference::KIND_REACTION, alices() + "1", "+", true);
  EXPECT_EQ(once_more.failure().exit_code(), 1U) << "it has heard of that, too";
}

// The owner of the profile may have ended before it could answer.
TEST_F(Amendments, TakingBackThatIsAskedForAgainIsTheSameOne) {
  expect_arrives(*alice_, *bob_, "hello");
  expect_said(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "+");
  ApiRequest request;
  auto& send = *request.mutable_send();
  send.add_recipients(alice_->name());
  send.set_idempotency_key("once");
  send.set_generated_key(true);
  send.mutable_about()->set_kind(Reference::KIND_REACTION);
  send.mutable_about()->set_id(alices() + "1");
  send.mutable_about()->set_emoji("+");
  send.mutable_about()->set_withdrawn(true);
  const auto sent = bob_->ask(request).sent().recipients(0);
  const auto again = bob_->ask(request).sent().recipients(0);
  EXPECT_EQ(again.state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(again.id(), sent.id());
}

TEST_F(Amendments, AnEditChangesTheTextForBoth) {
  expect_arrives(*alice_, *bob_, "helo");
  expect_said(*alice_, *bob_, Reference::KIND_EDIT, bobs() + "1", "hello");
  expect_said(*alice_, *bob_, Reference::KIND_EDIT, bobs() + "2", "hello!");
  for (auto* side : {alice_, bob_}) {
    const auto shown = first(*side, side == alice_ ? *bob_ : *alice_);
    EXPECT_EQ(shown.text(), "hello!") << "an edit of an edit is one of the message";
    EXPECT_NE(shown.edited_timestamp_ms(), 0U);
  }
}

TEST_F(Amendments, ADeletionLeavesNoWordOfItAnywhere) {
  expect_arrives(*alice_, *bob_, "secret");
  expect_said(*alice_, *bob_, Reference::KIND_EDIT, bobs() + "1", "more secret");
  expect_said(*alice_, *bob_, Reference::KIND_DELETION, bobs() + "1", "");
  for (auto* side : {alice_, bob_}) {
    const auto all = history(*side, side == alice_ ? *bob_ : *alice_);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_TRUE(all[0].deleted());
    EXPECT_TRUE(all[1].deleted());
    for (const auto& message : all) EXPECT_EQ(message.text(), "");
    EXPECT_EQ(all[2].about().kind(), Reference::KIND_DELETION);
  }
  EXPECT_EQ(say(*alice_, *bob_, Reference::KIND_EDIT, bobs() + "1", "again").failure().exit_code(),
            1U);
}

TEST_F(Amendments, WhatIsTakenBackBeforeItIsFetchedIsNeverShown) {
  expect_arrives(*alice_, *bob_, "hello");
  bob_->go_offline();
  EXPECT_EQ(alice_->send(*bob_, "secret").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_->send(*bob_, "helo").state(), MESSAGE_STATE_RELAY);
  expect_said(*alice_, *bob_, Reference::KIND_DELETION, bobs() + "2", "");
  expect_said(*alice_, *bob_, Reference::KIND_EDIT, bobs() + "3", "hello again");
  bob_->come_online();
  pass(minutes{1});
  EXPECT_EQ(bob_->times_read("secret"), 0);
  EXPECT_EQ(bob_->times_read("helo"), 0);
  EXPECT_EQ(bob_->times_read("hello again"), 2) << "the message, and its edit";
}

TEST_F(Amendments, WhatIsDeletedHereIsLeftOutHereAndNowhereElse) {
  auto& second = linked(*alice_);
  expect_arrives(*bob_, *alice_, "before");
  expect_arrives(*bob_, *alice_, "secret");
  expect_said(*bob_, *alice_, Reference::KIND_EDIT, alices() + "2", "more secret");
  expect_said(*bob_, *alice_, Reference::KIND_REACTION, alices() + "2", "+");
  expect_arrives(*bob_, *alice_, "behind");
  EXPECT_TRUE(delete_here(*alice_, bobs() + "2").has_done());
  expect_said(*bob_, *alice_, Reference::KIND_EDIT, alices() + "2", "most secret");
  const std::vector<std::string> left{"< before", "< behind"};
  EXPECT_EQ(texts(*alice_, *bob_), left);
  ApiRequest last;
  last.mutable_history()->set_chat(bob_->name());
  last.mutable_history()->set_last(2);
  EXPECT_EQ(alice_->ask_first(last).message().text(), "before") << "two that are shown";
  EXPECT_EQ(history(second, *bob_).size(), 6U);
  EXPECT_EQ(history(*bob_, *alice_).size(), 6U);
}

TEST_F(Amendments, WhatWasDeletedHereCannotBeNamedAnyMore) {
  expect_arrives(*alice_, *bob_, "one");
  EXPECT_TRUE(delete_here(*alice_, bobs() + "1").has_done());
  EXPECT_EQ(delete_here(*alice_, bobs() + "1").failure().exit_code(), 1U);
  EXPECT_EQ(delete_here(*alice_, bobs() + "7").failure().exit_code(), 1U);
  EXPECT_EQ(delete_here(*alice_, "nobody/1").failure().exit_code(), 1U);
  for (const auto kind : {Reference::KIND_EDIT, Reference::KIND_DELETION, Reference::KIND_REPLY}) {
    EXPECT_EQ(say(*alice_, *bob_, kind, bobs() + "1", "x").failure().exit_code(), 1U);
  }
  ApiRequest trace;
  trace.mutable_trace()->set_id(bobs() + "1");
  EXPECT_EQ(alice_->ask(trace).failure().exit_code(), 1U);
}

TEST_F(Amendments, WhatNobodyHasReceivedYetIsNotHandedOutOnceItIsDeletedHere) {
  EXPECT_EQ(bob_->send(*alice_, "unread").state(), MESSAGE_STATE_RELAY);
  pass(seconds{10});
  EXPECT_TRUE(delete_here(*alice_, bobs() + "1").has_done());
  ApiRequest receive;
  receive.mutable_receive();
  EXPECT_FALSE(alice_->ask_first(receive).has_message());
}

TEST_F(Amendments, WhatWaitsToBeSentIsTakenBackAndNotDeleted) {
  ApiRequest planned;
  planned.mutable_send()->add_recipients(bob_->name());
  planned.mutable_send()->set_text("later");
  planned.mutable_send()->set_at_ms(UINT64_C(4'000'000'000'000));
  const auto id = alice_->ask(planned).sent().recipients(0).id();
  EXPECT_NE(delete_here(*alice_, id).failure().sentence().find("outbox cancel"), std::string::npos);
}

TEST_F(Amendments, NobodyHearsOfWhatIsPlannedBeforeItsTime) {
  ApiRequest planned;
  planned.mutable_send()->add_recipients(bob_->name());
  planned.mutable_send()->set_text("later");
  planned.mutable_send()->set_at_ms(UINT64_C(4'000'000'000'000));
  const auto sent = alice_->ask(planned).sent();
  const auto refused = [&](const proto::pb::Sent::Recipient& answer) {
    EXPECT_EQ(answer.failure().exit_code(), 1U);
    EXPECT_NE(answer.failure().sentence().find("outbox cancel " + sent.recipients(0).id()),
              std::string::npos);
  };
  for (const auto kind : {Reference::KIND_EDIT, Reference::KIND_DELETION, Reference::KIND_REPLY,
                          Reference::KIND_REACTION}) {
    refused(say(*alice_, *bob_, kind, sent.recipients(0).id(), "+"));
    ApiRequest by_timestamp;
    auto& command = *by_timestamp.mutable_send();
    command.add_recipients(bob_->name());
    command.set_text("x");
    command.mutable_about()->set_kind(kind);
    command.mutable_about()->set_emoji("+");
    command.mutable_about()->set_ours(true);
    command.mutable_about()->set_timestamp_ms(sent.timestamp_ms());
    refused(alice_->ask(by_timestamp).sent().recipients(0));
  }
  pass(minutes{1});
  EXPECT_TRUE(history(*bob_, *alice_).empty());
  EXPECT_EQ(first(*alice_, *bob_).text(), "later");
}

TEST_F(Amendments, NobodyChangesWhatSomebodyElseHasWritten) {
  expect_arrives(*alice_, *bob_, "mine");
  for (const auto kind : {Reference::KIND_EDIT, Reference::KIND_DELETION}) {
    EXPECT_EQ(say(*bob_, *alice_, kind, alices() + "1", "yours").failure().exit_code(), 1U);
  }
  pass(minutes{1});
  EXPECT_EQ(history(*alice_, *bob_).size(), 1U);
  EXPECT_EQ(first(*alice_, *bob_).text(), "mine");
}

TEST_F(Amendments, WhatIsNotThereIsNotChanged) {
  expect_arrives(*alice_, *bob_, "one");
  EXPECT_EQ(say(*alice_, *bob_, Reference::KIND_EDIT, bobs() + "7", "x").failure().exit_code(), 1U);
  EXPECT_EQ(say(*alice_, *bob_, Reference::KIND_EDIT, "1", "x").failure().exit_code(), 1U);
  ApiRequest request;
  request.mutable_send()->add_recipients(bob_->name());
  request.mutable_send()->mutable_about()->set_kind(Reference::KIND_REACTION);
  request.mutable_send()->mutable_about()->set_id(bobs() + "1");
  EXPECT_EQ(alice_->ask(request).failure().exit_code(), 1U) << "without an emoji";
}

// What Alice's first device has said comes to the second as copies; what Bob says comes at once,
// and before that.
TEST_F(Amendments, AllDevicesShowTheSame) {
  auto& second = linked(*alice_);
  EXPECT_EQ(alice_->send(*bob_, "one").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(say(*bob_, *alice_, Reference::KIND_REACTION, alices() + "1", "+").state(),
            MESSAGE_STATE_RELAY);
  EXPECT_EQ(history(second, *bob_).size(), 1U) << "the reaction alone";
  pass(minutes{2});
  EXPECT_EQ(say(*alice_, *bob_, Reference::KIND_EDIT, bobs() + "1", "two").state(),
            MESSAGE_STATE_RELAY);
  pass(minutes{2});
  for (auto* device : {alice_, &second}) {
    Message shown;
    for (const auto& message : history(*device, *bob_)) {
      if (message.about().kind() == Reference::KIND_NONE) shown = message;
    }
    EXPECT_EQ(shown.text(), "two");
    ASSERT_EQ(shown.reactions_size(), 1);
    EXPECT_EQ(shown.reactions(0).emoji(), "+");
    EXPECT_FALSE(shown.reactions(0).ours());
  }
}

TEST_F(Amendments, WhatWaitsToBeSentGoesAsItIsByThen) {
  bob_->go_offline();
  relay_.die(RelayParty::Death::killed);
  EXPECT_EQ(alice_->send(*bob_, "first thought", true).state(), proto::pb::MESSAGE_STATE_WAITING);
  EXPECT_EQ(alice_->send(*bob_, "regretted", true).state(), proto::pb::MESSAGE_STATE_WAITING);
  for (const auto& [kind, id, words] : {std::tuple{Reference::KIND_EDIT, "1", "second thought"},
                                        std::tuple{Reference::KIND_DELETION, "2", ""}}) {
    ApiRequest request;
    request.mutable_send()->add_recipients(bob_->name());
    request.mutable_send()->set_queue(true);
    request.mutable_send()->set_text(words);
    request.mutable_send()->mutable_about()->set_kind(kind);
    request.mutable_send()->mutable_about()->set_id(bobs() + id);
    EXPECT_TRUE(alice_->ask(request).has_sent());
  }
  relay_.start();
  bob_->come_online();
  pass(minutes{3});
  EXPECT_EQ(bob_->times_in_history(*alice_, "first thought"), 0);
  EXPECT_EQ(bob_->times_in_history(*alice_, "regretted"), 0);
  EXPECT_EQ(first(*bob_, *alice_).text(), "second thought");
}

TEST_F(Amendments, TypingIsHeardForAMomentAndKeptNowhere) {
  expect_arrives(*alice_, *bob_, "hello");
  ApiRequest listening;
  listening.mutable_receive()->set_follow(true);
  listening.mutable_receive()->set_states(true);
  const auto command = bob_->client().next_command();
  static_cast<void>(bob_->ask(listening));
  ApiRequest request;
  request.mutable_typing()->add_recipients(bob_->name());
  EXPECT_TRUE(alice_->ask(request).has_sent());
  const auto notices = [&] {
    return std::ranges::count_if(bob_->replies(command), &ApiReply::has_typing);
  };
  EXPECT_EQ(notices(), 1);
  EXPECT_EQ(history(*bob_, *alice_).size(), 1U);
  bob_->go_offline();
  EXPECT_TRUE(alice_->ask(request).has_sent());
  pass(minutes{5});
  bob_->come_online();
  const auto again = bob_->client().next_command();
  static_cast<void>(bob_->ask(listening));
  pass(minutes{1});
  for (const auto& reply : bob_->replies(again)) EXPECT_FALSE(reply.has_typing()) << "long over";
}

TEST_F(Amendments, WhoIsNotToldOfTypingHearsItFromNoDevice) {
  auto& second = linked(*alice_);
  ApiRequest off;
  off.mutable_receipts()->set_name(bob_->name());
  off.mutable_receipts()->set_typing(proto::pb::ReceiptsCommand::SWITCH_OFF);
  EXPECT_FALSE(alice_->ask(off).contact().typing_notices());
  pass(minutes{2});
  ApiRequest typing;
  typing.mutable_typing()->add_recipients(bob_->name());
  for (auto* device : {alice_, &second}) {
    EXPECT_EQ(device->ask(typing).sent().recipients(0).failure().exit_code(), 1U);
  }
  off.mutable_receipts()->set_typing(proto::pb::ReceiptsCommand::SWITCH_ON);
  EXPECT_TRUE(second.ask(off).contact().typing_notices());
  EXPECT_FALSE(second.ask(typing).sent().recipients(0).has_failure());
}

}  // namespace
}  // namespace bisik::simulation
