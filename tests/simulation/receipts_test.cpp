// Who is told that a message has arrived or was read, when, and what it changes (docs/protocol.md,
// 7.6).
#include "tests/simulation/device_story.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::Message;
using proto::pb::MESSAGE_STATE_DELIVERED;
using proto::pb::MESSAGE_STATE_READ;
using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::ReceiptsCommand;
using std::chrono::minutes;
using std::chrono::seconds;

class Receipts : public DeviceStory {
 protected:
  // The last message of the chat.
  static Message last(Member& member, const Member& with) {
    ApiRequest request;
    request.mutable_history()->set_chat(with.name());
    request.mutable_history()->set_last(1);
    return member.ask_first(request).message();
  }
  // What Alice wrote to Bob, as she knows it a while after Bob has had time to answer for it.
  Message later(Duration time = minutes{2}) {
    pass(time);
    return last(*alice_, *bob_);
  }
  void read(Member& member, const Member& with) {
    ApiRequest request;
    request.mutable_ack()->add_ids(last(member, with).id());
    request.mutable_ack()->set_read(true);
    EXPECT_TRUE(member.ask(request).has_done());
  }
  static void switch_off(Member& member, const Member& whom, bool delivery, bool read) {
    ApiRequest request;
    auto& receipts = *request.mutable_receipts();
    receipts.set_name(whom.name());
    if (delivery) receipts.set_delivery(ReceiptsCommand::SWITCH_OFF);
    if (read) receipts.set_read(ReceiptsCommand::SWITCH_OFF);
    const auto contact = member.ask(request).contact();
    EXPECT_EQ(contact.delivery_receipts(), !delivery);
    EXPECT_EQ(contact.read_receipts(), !read);
  }
};

TEST_F(Receipts, WhoWroteIsToldARandomWhileLaterThatItArrived) {
  EXPECT_EQ(alice_->send(*bob_, "are you there?").state(), MESSAGE_STATE_RELAY);
  const auto shown = later();
  EXPECT_EQ(shown.state(), MESSAGE_STATE_DELIVERED);
  EXPECT_GE(shown.delivered_timestamp_ms(), shown.relay_timestamp_ms() + 2'000);
  EXPECT_LE(shown.delivered_timestamp_ms(), shown.relay_timestamp_ms() + 40'000);
  EXPECT_EQ(shown.read_timestamp_ms(), 0U);
}

TEST_F(Receipts, WhatWasReadIsDeliveredTooAndStaysRead) {
  EXPECT_EQ(alice_->send(*bob_, "read me").state(), MESSAGE_STATE_RELAY);
  read(*bob_, *alice_);
  const auto shown = later();
  EXPECT_EQ(shown.state(), MESSAGE_STATE_READ);
  EXPECT_NE(shown.delivered_timestamp_ms(), 0U);
  read(*bob_, *alice_);
  EXPECT_EQ(later().read_timestamp_ms(), shown.read_timestamp_ms());
}

TEST_F(Receipts, EachKindMayBeSwitchedOffForAContact) {
  switch_off(*bob_, *alice_, false, true);
  EXPECT_EQ(alice_->send(*bob_, "only that it arrived").state(), MESSAGE_STATE_RELAY);
  read(*bob_, *alice_);
  EXPECT_EQ(later().state(), MESSAGE_STATE_DELIVERED);
  switch_off(*bob_, *alice_, true, true);
  EXPECT_EQ(alice_->send(*bob_, "nothing").state(), MESSAGE_STATE_RELAY);
  read(*bob_, *alice_);
  EXPECT_EQ(later().state(), MESSAGE_STATE_RELAY);
}

TEST_F(Receipts, WhatIsOwedWhenTheyAreSwitchedOffIsNotSaid) {
  EXPECT_EQ(alice_->send(*bob_, "just now").state(), MESSAGE_STATE_RELAY);
  switch_off(*bob_, *alice_, true, true);
  EXPECT_EQ(later().state(), MESSAGE_STATE_RELAY);
}

TEST_F(Receipts, WhatWasOwedWhenTheProcessEndedIsSaidByTheNextOne) {
  EXPECT_EQ(alice_->send(*bob_, "and now?").state(), MESSAGE_STATE_RELAY);
  bob_->go_offline();
  EXPECT_EQ(later().state(), MESSAGE_STATE_RELAY);
  bob_->come_online();
  EXPECT_EQ(later().state(), MESSAGE_STATE_DELIVERED);
}

TEST_F(Receipts, AStrangerHearsNothingBeforeHeIsAccepted) {
  auto& carol = newcomer();
  auto link = proto::parse_link(bob_->invite()).value();
  link.contact->token.front() ^= 1;
  carol.add(proto::format_link(link));
  EXPECT_EQ(carol.send(*bob_, "let me in").state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(last(carol, *bob_).state(), MESSAGE_STATE_RELAY);
  ApiRequest request;
  request.mutable_accept()->set_name(carol.name());
  EXPECT_TRUE(bob_->ask(request).has_contact());
  pass(minutes{2});
  EXPECT_EQ(last(carol, *bob_).state(), MESSAGE_STATE_DELIVERED);
}

TEST_F(Receipts, WhoIsBlockedHearsNothing) {
  EXPECT_EQ(alice_->send(*bob_, "before").state(), MESSAGE_STATE_RELAY);
  ApiRequest request;
  request.mutable_block()->set_name(alice_->name());
  EXPECT_TRUE(bob_->ask(request).has_contact());
  EXPECT_EQ(later().state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_->send(*bob_, "after").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(later().state(), MESSAGE_STATE_RELAY);
  request.mutable_block()->set_unblock(true);
  EXPECT_TRUE(bob_->ask(request).has_contact());
  EXPECT_EQ(later().state(), MESSAGE_STATE_RELAY) << "nor later of what came meanwhile";
}

// Alice's other device hears from Bob before it hears from Alice's first.
TEST_F(Receipts, AllDevicesOfWhoWroteItKnow) {
  auto& second = linked(*alice_);
  EXPECT_EQ(alice_->send(*bob_, "for all to know").state(), MESSAGE_STATE_RELAY);
  read(*bob_, *alice_);
  pass(minutes{3});
  EXPECT_EQ(last(*alice_, *bob_).state(), MESSAGE_STATE_READ);
  EXPECT_EQ(last(second, *bob_).state(), MESSAGE_STATE_READ);
}

TEST_F(Receipts, ManyAtOnceAreAllSaid) {
  bob_->go_offline();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(alice_->send(*bob_, std::to_string(i)).state(), MESSAGE_STATE_RELAY);
  }
  bob_->come_online();
  pass(minutes{2});
  ApiRequest request;
  request.mutable_history()->set_chat(bob_->name());
  const auto command = alice_->client().next_command();
  static_cast<void>(alice_->ask(request));
  for (const auto& reply : alice_->replies(command)) {
    if (reply.has_message()) {
      EXPECT_EQ(reply.message().state(), MESSAGE_STATE_DELIVERED) << reply.message().text();
    }
  }
}

}  // namespace
}  // namespace bisik::simulation
