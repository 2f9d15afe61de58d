// Somebody whose mailbox is full holds up those who write to him, and nobody else. A relay that has
// too much to do holds up everybody, and nobody for longer than that.
#include <gtest/gtest.h>

#include "tests/simulation/relay_party.hpp"
#include "tests/simulation/script.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiReply;
using proto::pb::MESSAGE_STATE_FAILED;
using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::MESSAGE_STATE_UNCONFIRMED;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kRoom = 8;

// Answers of one client, by command.
class Replies final : public Person {
 public:
  void answered(client::CommandId command, const ApiReply& reply) override { all[command] = reply; }
  void client_died() override {}

  std::map<client::CommandId, ApiReply> all;
};

class FullMailbox : public testing::Test {
 protected:
  FullMailbox() {
    relay_.attach(network_);
    for (auto* client : {&alice_, &bob_, &carol_}) client->start();
    alice_.attach(replies_);
    bob_script_.join(link(1));
    carol_script_.join(link(1));
    pass(seconds{10});
    join_alice();
    for (auto* script : {&bob_script_, &carol_script_}) {
      script->invite([this](const std::string& made) { add(made); });
      pass(seconds{10});
    }
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }

  std::string link(std::uint32_t uses) {
    return proto::format_link(
        {.relay = relay_.address(), .invite = relay_.make_invite(uses), .contact = {}});
  }

  const ApiReply& ask(const proto::pb::ApiRequest& request) {
    const auto command = alice_.next_command();
    alice_.command(request);
    pass(seconds{5});
    return replies_.all[command];
  }

  void join_alice() {
    proto::pb::ApiRequest request;
    request.mutable_join()->set_link(link(1));
    request.mutable_join()->set_name(name_of(0));
    ASSERT_TRUE(ask(request).has_who_am_i());
  }

  void add(const std::string& made) {
    proto::pb::ApiRequest request;
    request.mutable_add()->set_link(made);
    alice_.command(request);
  }

  static proto::pb::ApiRequest text_for(const std::string& to, const std::string& text) {
    proto::pb::ApiRequest request;
    request.mutable_send()->add_recipients(to);
    request.mutable_send()->set_text(text);
    return request;
  }

  proto::pb::Sent::Recipient send(const std::string& to, const std::string& text) {
    const auto& reply = ask(text_for(to, text));
    return reply.has_sent() ? reply.sent().recipients(0) : proto::pb::Sent::Recipient{};
  }

  // The first text that did not fit.
  std::string fill_bobs_mailbox() {
    bob_.die(false);
    for (std::size_t i = 0; i <= kRoom; ++i) {
      auto text = "text " + std::to_string(i);
      if (send("P1", text).state() != MESSAGE_STATE_RELAY) return text;
    }
    return {};
  }

  static server::Limits limits() {
    server::Limits limits;
    limits.mailbox_cells = kRoom;
    return limits;
  }

  World world_{1};
  RelayParty relay_{world_, Defect::none, limits()};
  Network network_{world_, relay_};
  History history_;
  Replies replies_;
  ClientParty alice_{world_, network_, 0, Defect::none};
  ClientParty bob_{world_, network_, 1, Defect::none};
  ClientParty carol_{world_, network_, 2, Defect::none};
  Script bob_script_{world_, bob_, history_};
  Script carol_script_{world_, carol_, history_};
};

TEST_F(FullMailbox, WhoeverWritesToItIsToldAtOnceToComeAgain) {
  const auto text = fill_bobs_mailbox();
  ASSERT_FALSE(text.empty());
  const auto again = send("P1", text);
  EXPECT_EQ(again.state(), MESSAGE_STATE_UNCONFIRMED);
  EXPECT_EQ(again.failure().exit_code(), 5U);
  EXPECT_GT(again.failure().retry_after_seconds(), 0U);
  const auto another = send("P1", "another");
  EXPECT_EQ(another.state(), MESSAGE_STATE_FAILED);
  EXPECT_EQ(another.failure().exit_code(), 5U);
}

TEST_F(FullMailbox, WhatAnEarlierSendPromisedToKeepIsNotGivenUpByALaterOne) {
  ASSERT_FALSE(fill_bobs_mailbox().empty());
  auto request = text_for("P1", "promised");
  request.mutable_send()->set_idempotency_key("key");
  request.mutable_send()->set_queue(true);
  EXPECT_TRUE(ask(request).has_sent());
  request.mutable_send()->set_queue(false);
  const auto later = ask(request).sent().recipients(0);
  EXPECT_EQ(later.state(), MESSAGE_STATE_UNCONFIRMED);
  EXPECT_EQ(later.failure().exit_code(), 5U);
  bob_script_.start_client();
  pass(minutes{3});
  EXPECT_EQ(std::ranges::count(history_.handed_out[{1, 0}], "promised"), 1);
}

TEST_F(FullMailbox, OthersGetTheirMessagesMeanwhile) {
  ASSERT_FALSE(fill_bobs_mailbox().empty());
  EXPECT_EQ(send("P2", "to somebody else").state(), MESSAGE_STATE_RELAY);
}

TEST_F(FullMailbox, WhatDidNotFitArrivesOnceTheReaderHasBeenThere) {
  const auto text = fill_bobs_mailbox();
  bob_script_.start_client();
  pass(minutes{3});
  const auto& read = history_.handed_out[{1, 0}];
  EXPECT_EQ(std::ranges::count(read, text), 1);
  // Long after: it was told to be unconfirmed, so saying it again does not double it.
  EXPECT_EQ(send("P1", text).state(), MESSAGE_STATE_RELAY);
  pass(minutes{3});
  EXPECT_EQ(std::ranges::count(read, text), 1);
}

TEST_F(FullMailbox, AClockThatIsSetInBetweenDoesNotDoubleWhatWasUnconfirmed) {
  alice_.set_clock(-std::chrono::hours{24 * 365});
  const auto text = fill_bobs_mailbox();
  bob_script_.start_client();
  pass(minutes{3});
  alice_.set_clock({});
  EXPECT_EQ(send("P1", text).state(), MESSAGE_STATE_RELAY);
  pass(minutes{3});
  EXPECT_EQ(std::ranges::count(history_.handed_out[{1, 0}], text), 1);
}

// What is refused has to be asked again on the line that is up: it does not end by itself.
TEST_F(FullMailbox, WhoIsToldThatTheRelayIsOverloadedReadsOnceItIsNot) {
  bob_.die(false);
  relay_.overload(true);
  bob_script_.start_client();
  pass(seconds{20});
  relay_.overload(false);
  pass(seconds{5});
  EXPECT_EQ(send("P1", "afterwards").state(), MESSAGE_STATE_RELAY);
  pass(seconds{10});
  EXPECT_EQ(std::ranges::count(history_.handed_out[{1, 0}], "afterwards"), 1);
}

}  // namespace
}  // namespace bisik::simulation
