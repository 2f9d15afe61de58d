// Invariant I13: what a command says of each of its recipients is how it ended with that one.
#include "client/engine/send_commands.hpp"

#include <gtest/gtest.h>

#include <set>

#include "client/engine/idempotency.hpp"
#include "client/engine/sentences.hpp"
#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::MESSAGE_STATE_UNCONFIRMED;

class SendCommandsTest : public ProfileTest {
 protected:
  SendCommandsTest() {
    for (const auto* name : {"Bob", "Carol"}) people_.push_back(&add_contact(name));
  }

  // To both, with no relay that would answer.
  void send(const std::string& text = "to both", const std::string& key = "") {
    proto::pb::SendCommand request;
    for (const auto* contact : people_) request.add_recipients(contact->row.name());
    request.set_text(text);
    request.set_idempotency_key(key);
    Step step{{}};
    sends_.start(step, 1, request);
    collect(std::move(step).take());
  }
  void settle(std::size_t recipient, proto::pb::MessageState how,
              std::optional<proto::pb::Failure> why = {}) {
    Step step{{}};
    sends_.settle(step, {people_[recipient]->id, 1, how, std::move(why)});
    collect(std::move(step).take());
  }
  void collect(const Effects& effects) {
    for (const auto& action : effects.actions) {
      if (const auto* answer = std::get_if<Answer>(&action)) answers_.push_back(answer->reply);
    }
  }

  Outgoing outgoing_{state_, [](Step&, const Outcome&) {},
                     [](Step&, const Contact&, const proto::pb::MessageRow&) {},
                     [](Step&, Contact&, const DeviceChanges&) {}, [](Step&, Contact&) {}};
  SendCommands sends_{state_, outgoing_};
  std::vector<Contact*> people_;
  std::vector<proto::pb::ApiReply> answers_;
};

// His relay asked for time and took the message later, while the command waited for the other one.
TEST_F(SendCommandsTest, WhoeverGotItInTheEndCarriesNoFailureOfAnEarlierTry) {
  send();
  settle(0, MESSAGE_STATE_UNCONFIRMED, again_later(seconds{5}));
  settle(0, MESSAGE_STATE_RELAY);
  EXPECT_TRUE(answers_.empty());
  settle(1, MESSAGE_STATE_RELAY);
  ASSERT_EQ(answers_.size(), 1U);
  for (const auto& recipient : answers_[0].sent().recipients()) {
    EXPECT_EQ(recipient.state(), MESSAGE_STATE_RELAY);
    EXPECT_FALSE(recipient.has_failure()) << recipient.failure().sentence();
  }
}

// A message is named by who wrote it and its timestamp, whoever it went to.
TEST_F(SendCommandsTest, WhetherTheMessageIsMissingOrThePersonIsTold) {
  proto::pb::SendCommand request;
  for (const auto* name : {"Bob", "nobody"}) request.add_recipients(name);
  request.mutable_about()->set_kind(proto::pb::Reference::KIND_DELETION);
  request.mutable_about()->set_ours(true);
  request.mutable_about()->set_timestamp_ms(1);
  Step step{{}};
  sends_.start(step, 1, request);
  collect(std::move(step).take());
  ASSERT_EQ(answers_.size(), 1U);
  const auto& sent = answers_[0].sent();
  EXPECT_TRUE(sent.recipients(0).failure().of_message());
  EXPECT_TRUE(sent.recipients(1).has_failure());
  EXPECT_FALSE(sent.recipients(1).failure().of_message());
}

TEST_F(SendCommandsTest, AMessageToSeveralHasOneTimestampAndNoOtherHasIt) {
  send();
  std::set<std::uint64_t> first;
  for (const auto* contact : people_) {
    first.insert(outgoing_.unsent(contact->id).at(0).timestamp_ms());
  }
  EXPECT_EQ(first.size(), 1U);
  send("another");
  EXPECT_FALSE(first.contains(outgoing_.unsent(people_[0]->id).at(1).timestamp_ms()));
  settle(0, MESSAGE_STATE_RELAY);
  settle(1, MESSAGE_STATE_RELAY);
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].sent().timestamp_ms(), *first.begin());
  EXPECT_EQ(answers_[0].sent().recipients(1).account(), to_string(people_[1]->id.bytes));
}

TEST_F(SendCommandsTest, ATextThatShowsNothingIsRefusedAsAnEmptyOneIs) {
  for (const auto* text : {"", "   ", "\t", "\n\n", "\u200b"}) send(text);
  ASSERT_EQ(answers_.size(), 5U);
  for (const auto& answer : answers_) {
    EXPECT_EQ(answer.failure().sentence(), "The message is empty.");
  }
  EXPECT_TRUE(outgoing_.unsent(people_[0]->id).empty());
}

TEST_F(SendCommandsTest, WhatIsSentAgainWhileItWaitsHasTheTimestampOfTheFirst) {
  send("the same", "key");
  send("the same", "key");
  const auto waiting = outgoing_.unsent(people_[0]->id);
  ASSERT_EQ(waiting.size(), 1U);
  settle(0, MESSAGE_STATE_RELAY);
  settle(1, MESSAGE_STATE_RELAY);
  ASSERT_EQ(answers_.size(), 2U);
  for (const auto& answer : answers_) {
    EXPECT_EQ(answer.sent().timestamp_ms(), waiting[0].timestamp_ms());
  }
}

// Rather than losing it: this is not the first sent again.
TEST_F(SendCommandsTest, AKeyThatNamesAnotherTextIsToldAndNothingIsSentToAnybody) {
  send("the disk is 91% full", "disk");
  people_.push_back(&add_contact("Dave"));
  send("the disk is 92% full", "disk");
  ASSERT_EQ(answers_.size(), 1U);
  EXPECT_EQ(answers_[0].failure().exit_code(), static_cast<std::uint32_t>(Exit::conflict));
  EXPECT_NE(answers_[0].failure().sentence().find("Bob/1"), std::string::npos);
  EXPECT_EQ(outgoing_.unsent(people_[0]->id).size(), 1U);
  EXPECT_TRUE(outgoing_.unsent(people_[2]->id).empty());
}

TEST_F(SendCommandsTest, ToSomebodyElseAKeyNamesAMessageOfItsOwn) {
  send("to both", "key");
  people_ = {&add_contact("Dave")};
  send("to Dave", "key");
  EXPECT_TRUE(answers_.empty());
  ASSERT_EQ(outgoing_.unsent(people_[0]->id).size(), 1U);
  EXPECT_EQ(outgoing_.unsent(people_[0]->id)[0].text(), "to Dave");
}

TEST_F(SendCommandsTest, WhatAMessageIsAboutIsPartOfWhatAKeyNames) {
  proto::pb::SendCommand request;
  request.set_text("yes");
  const auto plain = hash_of_request(request);
  request.mutable_about()->set_kind(proto::pb::Reference::KIND_REPLY);
  request.mutable_about()->set_id("Bob/7");
  const auto reply = hash_of_request(request);
  EXPECT_NE(reply, plain);
  request.mutable_about()->set_id("Bob/8");
  EXPECT_NE(hash_of_request(request), reply);
  request.mutable_about()->set_id("Robert/7");  // the same contact under another name
  request.set_queue(true);
  request.set_at_ms(5);
  EXPECT_EQ(hash_of_request(request), reply);
}

}  // namespace
}  // namespace bisik::client
