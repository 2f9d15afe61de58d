// Who is told what: those who read the inbox, what others wrote; those who watch a chat, the rest.
#include "client/engine/readers.hpp"

#include <gtest/gtest.h>

#include "crypto/sodium.hpp"
#include "tests/client/engine/memory_rows.hpp"

namespace bisik::client {
namespace {

enum Who : CommandId { kScript = 1, kChatWithBob = 2, kChatWithCarol = 3 };

class ReadersTest : public testing::Test {
 protected:
  ReadersTest() {
    crypto::initialise();
    Step step{{}};
    const auto relay_key = crypto::DhKeyPair::generate().public_key;
    const proto::Link link{.relay = {"relay.example", 7443, relay_key},
                           .invite = crypto::Capability::random(),
                           .contact = {}};
    state_.identity = Identity::create("Alice", link, step);
    for (const auto* name : {"Bob", "Carol"}) {
      const auto other = Identity::create(name, link, step);
      auto& contact = state_.contacts.add(other.account_key, name, step);
      *contact.row.mutable_relay() = to_proto(link.relay);
    }
    bob_ = state_.contacts.find("Bob");
    start(kScript, "", false);
    start(kChatWithBob, "Bob", true);
    start(kChatWithCarol, "Carol", true);
  }

  void start(Who who, const std::string& chat, bool states) {
    proto::pb::ReceiveCommand request;
    request.set_follow(true);
    request.set_chat(chat);
    request.set_states(states);
    Step step{{}};
    readers_.start(step, who, request);
  }
  proto::pb::MessageRow row(bool ours) const {
    proto::pb::MessageRow row;
    row.set_account(to_string(bob_->id.bytes));
    row.set_number(7);
    row.set_ours(ours);
    row.set_text("hello");
    row.set_idempotency_key(ours ? "key" : "");
    return row;
  }
  // The only answer, and that it went to this reader.
  static proto::pb::ApiReply only(Step&& step, Who who) {
    const auto effects = std::move(step).take();
    EXPECT_EQ(effects.actions.size(), 1U);
    if (effects.actions.empty()) return {};
    const auto& answer = std::get<Answer>(effects.actions[0]);
    EXPECT_EQ(answer.command, who);
    EXPECT_FALSE(answer.reply.last());
    return answer.reply;
  }

  MemoryRows rows_;
  State state_{rows_};
  Readers readers_{state_};
  Contact* bob_ = nullptr;
};

TEST_F(ReadersTest, WhatASenderKeptIsShownInItsChatAndToNoScript) {
  Step step{{}};
  readers_.kept(step, *bob_, row(true));
  const auto reply = only(std::move(step), kChatWithBob);
  EXPECT_EQ(reply.message().id(), "Bob/7");
  EXPECT_TRUE(reply.message().ours());
  EXPECT_EQ(reply.message().from(), "Alice");
  EXPECT_EQ(reply.message().idempotency_key(), "key");
}

TEST_F(ReadersTest, AChangedLabelIsShownInItsChatAndToNoScript) {
  bob_->row.set_trust(proto::pb::TRUST_VERIFIED);
  Step step{{}};
  readers_.contact_changed(step, *bob_);
  const auto reply = only(std::move(step), kChatWithBob);
  EXPECT_EQ(reply.contact().name(), "Bob");
  EXPECT_EQ(reply.contact().trust(), proto::pb::TRUST_VERIFIED);
}

TEST_F(ReadersTest, WhatOthersWroteIsForWhoeverReadsTheInbox) {
  Step step{{}};
  readers_.take_in(step, *bob_, row(false));
  std::vector<CommandId> told;
  for (const auto& action : std::move(step).take().actions) {
    told.push_back(std::get<Answer>(action).command);
  }
  EXPECT_EQ(told, (std::vector<CommandId>{kScript, kChatWithBob}));
}

}  // namespace
}  // namespace bisik::client
