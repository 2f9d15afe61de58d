// What an earlier command has fetched is handed out as the relay knows it by then, where that can
// be reached.
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::Reference;
using std::chrono::minutes;

class Looks : public DeviceStory {
 protected:
  // Of a consumer that is there from now on.
  static ApiRequest begun_bot(Member& member) {
    ApiRequest bot;
    bot.mutable_receive()->set_consumer("bot");
    bot.mutable_receive()->set_look(true);
    EXPECT_TRUE(messages(member, bot).empty());
    return bot;
  }

  // The first that there is between them.
  void take_back(Member& from, const Member& to) {
    ApiRequest request;
    auto& send = *request.mutable_send();
    send.add_recipients(to.name());
    send.mutable_about()->set_kind(Reference::KIND_DELETION);
    send.mutable_about()->set_id(to.name() + "/1");
    EXPECT_EQ(from.ask(request).sent().recipients(0).state(), MESSAGE_STATE_RELAY);
    pass(minutes{2});
  }
};

// It was fetched by a command that took it for somebody else.
TEST_F(Looks, WhatWasFetchedBeforeItWasTakenBackIsNotHandedOutByACommandThatLooks) {
  const auto bot = begun_bot(*bob_);
  expect_arrives(*alice_, *bob_, "secret");
  bob_->go_offline();
  take_back(*alice_, *bob_);
  bob_->client().start();
  const auto handed = messages(*bob_, bot);
  ASSERT_EQ(handed.size(), 2U) << "the message, and its deletion";
  EXPECT_EQ(handed[0].text(), "");
  EXPECT_TRUE(handed[0].deleted());
  EXPECT_EQ(handed[1].about().kind(), Reference::KIND_DELETION);
}

// Receipts are said as they come, and not again.
TEST_F(Looks, WhoeverFollowsLooksFirstTooAndHearsWhatIsSaidMeanwhile) {
  auto bot = begun_bot(*bob_);
  bot.mutable_receive()->set_follow(true);
  bot.mutable_receive()->set_states(true);
  expect_arrives(*alice_, *bob_, "secret");
  alice_->go_offline();
  EXPECT_EQ(bob_->send(*alice_, "of mine").state(), MESSAGE_STATE_RELAY);
  bob_->go_offline();
  alice_->come_online();
  take_back(*alice_, *bob_);
  pass(minutes{2});
  bob_->client().start();
  const auto command = bob_->client().next_command();
  static_cast<void>(bob_->ask(bot));
  std::vector<std::string> handed;
  bool is_told = false;
  for (const auto& reply : bob_->replies(command)) {
    if (reply.message().cursor() != 0) handed.push_back(reply.message().text());
    is_told = is_told || reply.state_changed().state() == proto::pb::MESSAGE_STATE_DELIVERED;
  }
  EXPECT_EQ(handed, (std::vector<std::string>{"", ""})) << "the message, and its deletion";
  EXPECT_TRUE(is_told);
}

TEST_F(Looks, WithoutTheRelayWhatIsHereIsHandedOutAndTheReasonIsTold) {
  auto bot = begun_bot(*bob_);
  expect_arrives(*alice_, *bob_, "hello");
  bob_->go_offline();
  relay_.die(RelayParty::Death::killed);
  for (const auto max : {0U, 1U}) {
    bob_->client().start();
    bot.mutable_receive()->set_max(max);
    const auto command = bob_->client().next_command();
    EXPECT_TRUE(bob_->ask(bot).has_done());
    const auto& replies = bob_->replies(command);
    ASSERT_EQ(replies.size(), 3U);
    EXPECT_EQ(replies[0].message().text(), "hello");
    EXPECT_NE(replies[1].notice().sentence().find("does not answer"), std::string::npos);
    bob_->go_offline();
  }
  bob_->client().start();
  bot.mutable_receive()->set_max(0);
  bot.mutable_receive()->set_follow(true);
  const auto command = bob_->client().next_command();
  EXPECT_TRUE(bob_->ask(bot).has_notice());
  EXPECT_EQ(bob_->replies(command).front().message().text(), "hello");
}

}  // namespace
}  // namespace bisik::simulation
