// Who is told what: those who read the inbox, what others wrote; those who watch a chat, the rest.
#include "client/engine/readers.hpp"

#include <gtest/gtest.h>

#include "tests/client/engine/profile_fixture.hpp"

namespace bisik::client {
namespace {

enum Who : CommandId { kScript = 1, kChatWithBob = 2, kChatWithCarol = 3, kPerson = 4 };

class ReadersTest : public ProfileTest {
 protected:
  ReadersTest() {
    add_contact("Carol");
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

  static std::vector<std::string> notices(Step&& step, Who who) {
    std::vector<std::string> sentences;
    for (const auto& action : std::move(step).take().actions) {
      const auto& answer = std::get<Answer>(action);
      if (answer.command == who) sentences.push_back(answer.reply.notice().sentence());
    }
    return sentences;
  }

  OwedReceipts owed_receipts_{state_};
  Readers readers_{state_, owed_receipts_, [](auto&&...) {}};
  Contact* bob_ = &add_contact("Bob");
};

// Bots and scripts are no persons: they would take it away from one.
TEST_F(ReadersTest, WhatHasChangedOfAContactsDevicesIsKeptUntilAPersonReadsAlong) {
  Step before{{}};
  readers_.devices_changed(before, *bob_, {.added = {2, 3}, .removed = {}});
  readers_.devices_changed(before, *bob_, {.added = {}, .removed = {2}});
  EXPECT_TRUE(std::move(before).take().actions.empty());

  proto::pb::ReceiveCommand request;
  request.set_follow(true);
  request.set_person(true);
  Step step{{}};
  readers_.start(step, kPerson, request);
  EXPECT_EQ(notices(std::move(step), kPerson),
            (std::vector<std::string>{"Bob has a new device (number 2).",
                                      "Bob has a new device (number 3).",
                                      "Bob has removed a device (number 2)."}));
  EXPECT_TRUE(bob_->row.device_news().empty()) << "told once";
  Step at_once{{}};
  readers_.devices_changed(at_once, *bob_, {.added = {4}, .removed = {}});
  EXPECT_EQ(notices(std::move(at_once), kPerson),
            std::vector<std::string>{"Bob has a new device (number 4)."});
}

TEST_F(ReadersTest, APersonHearsEachNoticeAndAScriptNone) {
  proto::pb::ReceiveCommand request;
  request.set_follow(true);
  request.set_person(true);
  Step start{{}};
  readers_.start(start, kPerson, request);
  for (const auto who : {kPerson, kChatWithBob, kScript, kChatWithCarol}) {
    Step step{{}};
    readers_.notice(step, *bob_, "of Bob");
    readers_.notice(step, "of nobody");
    std::vector<std::string> expected;
    if (who == kPerson || who == kChatWithBob) expected.emplace_back("of Bob");
    if (who != kScript) expected.emplace_back("of nobody");
    EXPECT_EQ(notices(std::move(step), who), expected) << who;
  }
}

TEST_F(ReadersTest, WhoIsNoPersonOrReadsAnotherChatLeavesTheNewsAsTheyAre) {
  Step before{{}};
  readers_.devices_changed(before, *bob_, {.added = {2}, .removed = {}});
  for (const bool person : {false, true}) {
    proto::pb::ReceiveCommand request;
    request.set_follow(true);
    request.set_chat(person ? "Carol" : "");
    request.set_states(true);
    request.set_person(person);
    Step step{{}};
    readers_.start(step, kPerson, request);
    const auto effects = std::move(step).take();
    EXPECT_TRUE(effects.actions.empty());
    EXPECT_TRUE(effects.rows.empty()) << "nothing to be written for that";
    EXPECT_EQ(bob_->row.device_news().size(), 1);
  }
}

TEST_F(ReadersTest, OfAContactWhoWasRemovedThereIsNoNews) {
  Step step{{}};
  readers_.devices_changed(step, *bob_, {.added = {2}, .removed = {}});
  state_.contacts.remove(*bob_, step);
  EXPECT_TRUE(bob_->row.device_news().empty());
  readers_.devices_changed(step, *bob_, {.added = {3}, .removed = {}});
  EXPECT_TRUE(bob_->row.device_news().empty());
}

TEST_F(ReadersTest, OfVeryManyChangesTheLatestAreKept) {
  for (crypto::DeviceNumber number = 1; number <= 40; ++number) {
    Step step{{}};
    readers_.devices_changed(step, *bob_, {.added = {number}, .removed = {}});
  }
  const auto& news = bob_->row.device_news();
  ASSERT_EQ(news.size(), kMaxDeviceNews);
  EXPECT_EQ(news[0].number(), 25U);
  EXPECT_EQ(news[15].number(), 40U);
}

TEST_F(ReadersTest, WhatASenderKeptIsShownInItsChatAndToNoScript) {
  Step step{{}};
  readers_.kept(step, *bob_, row(true));
  const auto reply = only(std::move(step), kChatWithBob);
  EXPECT_EQ(reply.message().id(), "Bob/7");
  EXPECT_TRUE(reply.message().ours());
  EXPECT_EQ(reply.message().from(), "Alice");
  EXPECT_EQ(reply.message().idempotency_key(), "key");
}

TEST_F(ReadersTest, WhatAnotherDeviceWroteIsNewsUnlessItIsOlderThanThisDevice) {
  const proto::Link link{.relay = {"relay.example", 7443, crypto::DhKeyPair::generate().public_key},
                         .invite = crypto::Capability::random(),
                         .contact = {}};
  Step linked{Now{{}, std::chrono::sys_seconds{std::chrono::seconds{10}}}};
  state_.identity = Identity::create("Alice", link, linked);
  auto ours = row(true);
  for (const auto received_ms : {9'999U, 10'000U}) {
    ours.set_received_ms(received_ms);
    Step step{{}};
    readers_.told(step, *bob_, ours);
    const auto reply = only(std::move(step), kChatWithBob);
    EXPECT_EQ(reply.message().by_other_device(), received_ms == 10'000);
    EXPECT_EQ(reply.message().chat_account(), to_string(bob_->id.bytes));
  }
  auto theirs = row(false);
  theirs.set_received_ms(10'000);
  Step step{{}};
  readers_.told(step, *bob_, theirs);
  EXPECT_FALSE(only(std::move(step), kChatWithBob).message().by_other_device());
}

// A relay's answer may be lost on the way, and what it was about arrive nevertheless.
TEST_F(ReadersTest, WhatIsShownOfOneOfOursIsHowFarItIsKnownToHaveCome) {
  auto ours = row(true);
  ours.set_state(proto::pb::MESSAGE_STATE_UNCONFIRMED);
  EXPECT_EQ(to_api(state_, *bob_, ours).state(), proto::pb::MESSAGE_STATE_UNCONFIRMED);
  ours.set_delivered_ms(5);
  EXPECT_EQ(to_api(state_, *bob_, ours).state(), proto::pb::MESSAGE_STATE_DELIVERED);
  ours.set_read_ms(7);
  ours.set_state(proto::pb::MESSAGE_STATE_RELAY);
  ours.set_relay_ms(6);
  const auto shown = to_api(state_, *bob_, ours);
  EXPECT_EQ(shown.state(), proto::pb::MESSAGE_STATE_READ);
  EXPECT_EQ(shown.relay_timestamp_ms(), 6U);
  EXPECT_EQ(shown.delivered_timestamp_ms(), 5U);
  EXPECT_EQ(shown.read_timestamp_ms(), 7U);
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
  readers_.hand_out(step, true);
  std::vector<CommandId> told;
  for (const auto& action : std::move(step).take().actions) {
    told.push_back(std::get<Answer>(action).command);
  }
  EXPECT_EQ(told, (std::vector<CommandId>{kScript, kChatWithBob}));
}

// Whoever has written does not type any more: nobody has to say so.
TEST_F(ReadersTest, AMessageEndsTyping) {
  const auto told_of_the_end = [&](Time when) {
    Step step{{when, {}}};
    readers_.take_in(step, *bob_, row(false));
    const auto effects = std::move(step).take();
    return std::ranges::any_of(effects.actions, [](const auto& action) {
      const auto& answer = std::get<Answer>(action);
      return answer.command == kChatWithBob && answer.reply.typing().stopped();
    });
  };
  EXPECT_FALSE(told_of_the_end({}));
  Step step{{}};
  readers_.typing(step, *bob_, false, 5);
  EXPECT_FALSE(only(std::move(step), kChatWithBob).typing().stopped());
  EXPECT_TRUE(told_of_the_end(Time{seconds{1}}));
  EXPECT_FALSE(told_of_the_end(Time{seconds{1}})) << "once";
}

// Three messages in the inbox, behind cursors 1 to 3.
class InboxTest : public ReadersTest {
 protected:
  InboxTest() {
    for (std::uint64_t number = 1; number <= 3; ++number) write(number);
  }

  // Told to a bot that has handled everything up to `since`.
  std::vector<std::uint64_t> write(std::uint64_t number, bool all_is_here = true) {
    auto message = row(false);
    message.set_number(number);
    Step step{{}};
    readers_.take_in(step, *bob_, message);
    readers_.hand_out(step, all_is_here);
    return commit(std::move(step));
  }
  std::vector<std::uint64_t> hear_the_rest() {
    Step step{{}};
    readers_.hand_out(step, true);
    return commit(std::move(step));
  }
  std::vector<std::uint64_t> read(std::uint64_t since) {
    proto::pb::ReceiveCommand request;
    request.set_follow(true);
    request.set_since(since);
    Step step{{}};
    readers_.start(step, kBot, request);
    return commit(std::move(step));
  }
  void acknowledge(const std::vector<std::uint64_t>& cursors) {
    proto::pb::AckCommand request;
    request.mutable_cursors()->Add(cursors.begin(), cursors.end());
    Step step{{}};
    readers_.acknowledge(step, kScript, request);
    (void)commit(std::move(step));
  }
  // The cursors that the bot was handed.
  std::vector<std::uint64_t> commit(Step&& step) {
    const auto effects = std::move(step).take();
    rows_.commit(effects.rows);
    std::vector<std::uint64_t> cursors;
    for (const auto& action : effects.actions) {
      const auto& answer = std::get<Answer>(action);
      if (answer.command == kBot) cursors.push_back(answer.reply.message().cursor());
    }
    return cursors;
  }

  static constexpr CommandId kBot = 9;
};

using Cursors = std::vector<std::uint64_t>;

TEST_F(InboxTest, WhoNamesACursorIsHandedWhatStandsBehindIt) {
  EXPECT_EQ(read(0), (Cursors{1, 2, 3}));
  EXPECT_EQ(read(2), Cursors{3});
  EXPECT_EQ(read(3), Cursors{});
}

TEST_F(InboxTest, BehindTheLastCursorNothingIsEverHandedOut) {
  EXPECT_EQ(read(UINT64_MAX), Cursors{});
  EXPECT_EQ(write(4), Cursors{});
  EXPECT_TRUE(readers_.any());
}

TEST_F(InboxTest, WhatIsNewIsHandedOutOnceAllIsHereThatCameWithIt) {
  EXPECT_EQ(read(3), Cursors{});
  EXPECT_EQ(write(4, false), Cursors{});
  EXPECT_EQ(write(5, false), Cursors{});
  EXPECT_EQ(hear_the_rest(), (Cursors{4, 5}));
  EXPECT_EQ(hear_the_rest(), Cursors{}) << "once";
}

TEST_F(InboxTest, WhoComesInBetweenIsHandedItOnceToo) {
  write(4, false);
  EXPECT_EQ(read(0), (Cursors{1, 2, 3}));
  EXPECT_EQ(hear_the_rest(), Cursors{4});
}

TEST_F(InboxTest, WhoWaitsForTheRelayIsHandedEachMessageOnceItHasSpoken) {
  proto::pb::ReceiveCommand request;
  request.set_follow(true);
  readers_.wait(kBot, request);
  EXPECT_EQ(write(4), Cursors{});
  EXPECT_EQ(read(0), (Cursors{1, 2, 3, 4}));
  EXPECT_EQ(write(5), Cursors{5});
}

TEST_F(InboxTest, WhatIsTakenBackMeanwhileIsHandedOutWithoutItsText) {
  EXPECT_EQ(read(3), Cursors{});
  write(4, false);
  auto message = state_.message(bob_->id, 4).value();
  message.clear_text();
  message.set_deleted(true);
  Step step{{}};
  state_.save(step, message);
  readers_.hand_out(step, true);
  const auto effects = std::move(step).take();
  EXPECT_EQ(effects.actions.size(), 3U) << "to everybody who reads";
  for (const auto& action : effects.actions) {
    const auto& shown = std::get<Answer>(action).reply.message();
    EXPECT_TRUE(shown.deleted());
    EXPECT_EQ(shown.text(), "");
  }
}

TEST_F(InboxTest, AFloodIsHandedOutBeforeItsEnd) {
  EXPECT_EQ(read(3), Cursors{});
  Cursors handed;
  for (std::uint64_t number = 4; number < 4 + kMaxHeldFresh + 2; ++number) {
    for (const auto cursor : write(number, false)) handed.push_back(cursor);
  }
  EXPECT_EQ(handed, (Cursors{4, 5}));
}

TEST_F(InboxTest, SingleCursorsAreAcknowledgedAndThoseThatAreGoneAreNoMistake) {
  acknowledge({2, 7});
  acknowledge({2});
  EXPECT_EQ(read(0), (Cursors{1, 3}));
}

}  // namespace
}  // namespace bisik::client
