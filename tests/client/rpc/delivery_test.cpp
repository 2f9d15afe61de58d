// Messages that come by themselves, or are waited for: each is acknowledged once it was written and
// not before, and nobody who does not read is handed more than a window of them.
#include "client/rpc/delivery.hpp"

#include "client/rpc/limits.hpp"
#include "tests/client/rpc/speaker.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiRequest;

std::vector<std::uint64_t> acknowledged(const ApiRequest& request) {
  return {request.ack().cursors().begin(), request.ack().cursors().end()};
}

using Cursors = std::vector<std::uint64_t>;

TEST(RpcDelivery, AMessageIsANotificationInTheShapeThatBotsKnow) {
  Speaker alice{true};
  alice.bring(alice.asked(), 5, "hello");
  const auto message = alice.only();
  EXPECT_EQ(message["method"], "receive");
  EXPECT_FALSE(message.contains("id"));
  const auto& params = message["params"];
  EXPECT_EQ(params["account"], "11111111-1111-8111-9111-111111111111");
  EXPECT_EQ(params["cursor"], 5);
  const auto& envelope = params["envelope"];
  EXPECT_EQ(envelope["source"], "22222222-2222-8222-a222-222222222222");
  EXPECT_EQ(envelope["sourceUuid"], envelope["source"]);
  EXPECT_EQ(envelope["sourceNumber"], nullptr);
  EXPECT_EQ(envelope["sourceName"], "bob");
  EXPECT_EQ(envelope["timestamp"], 1'005);
  EXPECT_EQ(envelope["dataMessage"]["timestamp"], 1'005);
  EXPECT_EQ(envelope["dataMessage"]["message"], "hello");
}

TEST(RpcDelivery, AMessageIsAcknowledgedOnlyOnceItWasWritten) {
  Speaker alice{true};
  alice.reads = false;
  const auto receiving = alice.asked();
  alice.bring(receiving, 5);
  alice.bring(receiving, 6);
  EXPECT_EQ(alice.heard().size(), 2U);
  EXPECT_TRUE(alice.all_asked().empty());
  alice.conversation.written(1);
  EXPECT_EQ(acknowledged(alice.asked()), Cursors{5});
  EXPECT_FALSE(alice.conversation.idle());
  alice.conversation.written(2);
  EXPECT_EQ(acknowledged(alice.asked()), Cursors{6});
}

TEST(RpcDelivery, WhoDoesNotReadIsHandedNoMoreThanAWindow) {
  Speaker alice{true};
  alice.reads = false;
  const auto receiving = alice.asked();
  EXPECT_EQ(receiving.receive().max(), kReceiveWindow);
  for (std::uint64_t cursor = 1; cursor <= kReceiveWindow; ++cursor) alice.bring(receiving, cursor);
  alice.done(receiving);
  EXPECT_EQ(alice.heard().size(), kReceiveWindow);
  EXPECT_TRUE(alice.all_asked().empty());
  alice.conversation.written(kReceiveWindow - 1);
  EXPECT_EQ(alice.asked().ack().cursors_size(), static_cast<int>(kReceiveWindow) - 1);
  alice.conversation.written(kReceiveWindow);
  const auto requests = alice.all_asked();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(acknowledged(requests[0]), Cursors{kReceiveWindow});
  EXPECT_EQ(requests[1].receive().since(), kReceiveWindow);
  EXPECT_TRUE(receiving.receive().look());
  EXPECT_FALSE(requests[1].receive().look()) << "what follows is as the relay has it already";
}

TEST(RpcDelivery, WhatTheNextOwnerHandsOutAgainIsShownOnce) {
  Speaker alice{true};
  const auto receiving = alice.asked();
  alice.bring(receiving, 5);
  alice.bring(receiving, 5);
  alice.bring(receiving, 6);
  EXPECT_EQ(alice.heard().size(), 2U);
}

TEST(RpcDelivery, AFailureToReceiveIsTold) {
  Speaker alice{true};
  alice.fail(alice.asked(), 5);
  const auto params = alice.only()["params"];
  EXPECT_EQ(params["exception"]["message"], "no");
  EXPECT_EQ(params["envelope"]["source"], nullptr);
  EXPECT_FALSE(params["envelope"].contains("dataMessage"));
  alice.call(1, "receive");
  EXPECT_EQ(alice.asked().command_case(), ApiRequest::kReceive);
}

TEST(RpcDelivery, ASubscriptionHasANumberAndEndsByIt) {
  Speaker alice;
  alice.call(1, "subscribeReceive");
  EXPECT_EQ(alice.result(), 0);
  const auto receiving = alice.asked();
  alice.bring(receiving, 5);
  const auto params = alice.only()["params"];
  EXPECT_EQ(params["subscription"], 0);
  EXPECT_EQ(params["result"]["envelope"]["dataMessage"]["message"], "hello");
  EXPECT_EQ(acknowledged(alice.asked()), Cursors{5});
  alice.call(2, "unsubscribeReceive", R"({"subscription":1})");
  EXPECT_EQ(alice.error(), -1);
  alice.call(3, "unsubscribeReceive", R"({"subscription":0})");
  EXPECT_EQ(alice.result(), Json::object());
  EXPECT_EQ(alice.conversation.take_cancels(), Cursors{receiving.number()});
  alice.bring(receiving, 6);
  EXPECT_TRUE(alice.heard().empty());
  alice.call(4, "subscribeReceive");
  EXPECT_EQ(alice.result(), 1);
}

TEST(RpcDelivery, OnlyOneReceivesAtATime) {
  Speaker alice{true};
  (void)alice.asked();
  for (const auto* method : {"receive", "subscribeReceive"}) {
    alice.call(1, method);
    EXPECT_EQ(alice.error(), -1) << method;
  }
  alice.call(2, "unsubscribeReceive", R"({"subscription":0})");
  EXPECT_EQ(alice.error(), -1);
  Speaker bob;
  bob.call(1, "receive");
  bob.call(2, "receive");
  EXPECT_EQ(bob.error(), -1);
  bob.done(bob.asked());
  EXPECT_EQ(bob.result(), Json::array());
  bob.call(3, "receive");
  EXPECT_EQ(bob.all_asked().size(), 1U);
}

TEST(RpcDelivery, WithAckMessagesAreNotAcknowledgedByBeingWritten) {
  Speaker alice;
  alice.call(1, "subscribeReceive", R"({"ack":true})");
  EXPECT_EQ(alice.result(), 0);
  alice.bring(alice.asked(), 5);
  EXPECT_EQ(alice.heard().size(), 1U);
  EXPECT_TRUE(alice.all_asked().empty());
  alice.call(2, "ack", R"({"cursor":5})");
  const auto acknowledging = alice.asked();
  EXPECT_EQ(acknowledging.ack().cursor(), 5U);
  alice.done(acknowledging);
  EXPECT_EQ(alice.result(), Json::object());
}

TEST(RpcDelivery, SinceAcknowledgesWhatWasHandledAndGoesOnBehindIt) {
  Speaker alice;
  alice.call(1, "subscribeReceive", R"({"since":4})");
  const auto acknowledging = alice.asked();
  EXPECT_EQ(acknowledging.ack().cursor(), 4U);
  alice.done(acknowledging);
  EXPECT_EQ(alice.result(), 0);
  EXPECT_EQ(alice.asked().receive().since(), 4U);
}

TEST(RpcDelivery, WhatWasWaitedForIsAcknowledgedOnceTheAnswerIsWritten) {
  Speaker alice;
  alice.reads = false;
  alice.call(1, "receive", R"({"timeout":0.5,"maxMessages":2})");
  const auto receiving = alice.asked();
  EXPECT_EQ(receiving.receive().timeout_ms(), 500U);
  EXPECT_EQ(receiving.receive().max(), 2U);
  alice.bring(receiving, 5);
  alice.bring(receiving, 6);
  alice.done(receiving);
  const auto result = alice.result();
  ASSERT_EQ(result.size(), 2U);
  EXPECT_EQ(result[1]["envelope"]["timestamp"], 1'006);
  EXPECT_TRUE(alice.all_asked().empty());
  alice.conversation.written(1);
  EXPECT_EQ(acknowledged(alice.asked()), (Cursors{5, 6}));
}

TEST(RpcDelivery, WithSinceWhatWasWaitedForIsKept) {
  Speaker alice;
  alice.call(1, "receive", R"({"since":4})");
  const auto requests = alice.all_asked();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].ack().cursor(), 4U);
  EXPECT_EQ(requests[1].receive().since(), 4U);
  alice.done(requests[0]);
  alice.bring(requests[1], 5);
  alice.done(requests[1]);
  EXPECT_EQ(alice.result().size(), 1U);
  EXPECT_TRUE(alice.all_asked().empty());
}

TEST(RpcDelivery, WithoutAnIdNothingThatWasReceivedIsLost) {
  Speaker alice;
  alice.say(R"({"jsonrpc":"2.0","method":"receive"})");
  const auto receiving = alice.asked();
  alice.bring(receiving, 5);
  alice.done(receiving);
  EXPECT_TRUE(alice.heard().empty());
  EXPECT_TRUE(alice.all_asked().empty());
}

TEST(RpcDelivery, ANamedConsumerIsThereBeforeItIsHandedAnythingAndAcknowledgesForItself) {
  Speaker alice;
  alice.call(1, "subscribeReceive", R"({"consumer":"backup"})");
  const auto beginning = alice.asked();
  EXPECT_EQ(beginning.consumers().begin(), "backup");
  EXPECT_TRUE(alice.heard().empty());
  alice.done(beginning);
  EXPECT_EQ(alice.result(), 0);
  const auto receiving = alice.asked();
  EXPECT_EQ(receiving.receive().consumer(), "backup");
  alice.bring(receiving, 5);
  EXPECT_EQ(alice.heard().size(), 1U);
  const auto acknowledging = alice.asked();
  EXPECT_EQ(acknowledging.ack().consumer(), "backup");
  EXPECT_EQ(acknowledged(acknowledging), Cursors{5});
}

TEST(RpcDelivery, AConsumerThatCannotBeIsTheAnswerAndNoSubscription) {
  Speaker alice;
  alice.call(1, "subscribeReceive", R"({"consumer":"a b"})");
  alice.fail(alice.asked(), 1);
  EXPECT_EQ(alice.error(), -1);
  EXPECT_TRUE(alice.all_asked().empty());
  alice.call(2, "subscribeReceive");
  EXPECT_EQ(alice.only()["id"], 2);
}

TEST(RpcDelivery, ANamedConsumersCursorIsAcknowledgedInItsNameAlone) {
  Speaker alice;
  alice.call(1, "subscribeReceive", R"({"consumer":"backup","since":4})");
  const auto requests = alice.all_asked();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].consumers().begin(), "backup");
  EXPECT_EQ(requests[0].consumers().since(), 4U);
  EXPECT_EQ(requests[1].ack().cursor(), 4U);
  EXPECT_EQ(requests[1].ack().consumer(), "backup");
  for (const auto& request : requests) alice.done(request);
  EXPECT_EQ(alice.result(), 0);
  const auto receiving = alice.asked();
  EXPECT_EQ(receiving.receive().since(), 4U);
  alice.bring(receiving, 5);
  EXPECT_EQ(alice.heard().size(), 1U);
  EXPECT_TRUE(alice.all_asked().empty());  // kept, as with every `since`
  alice.call(2, "ack", R"({"consumer":"backup","id":"bob/5"})");
  EXPECT_EQ(alice.asked().ack().consumer(), "backup");
}

TEST(RpcDelivery, WhatWasWaitedForUnderANameIsAcknowledgedUnderIt) {
  Speaker alice;
  for (const bool keep : {false, true}) {
    alice.call(1, "receive", keep ? R"({"consumer":"c","ack":true})" : R"({"consumer":"c"})");
    const auto requests = alice.all_asked();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0].consumers().begin(), "c");
    EXPECT_EQ(requests[1].receive().consumer(), "c");
    EXPECT_EQ(requests[1].receive().keep(), keep);
    alice.done(requests[0]);
    alice.bring(requests[1], 5);
    alice.done(requests[1]);
    EXPECT_EQ(alice.result().size(), 1U);
    const auto acknowledging = alice.all_asked();
    ASSERT_EQ(acknowledging.size(), keep ? 0U : 1U);
    for (const auto& request : acknowledging) EXPECT_EQ(request.ack().consumer(), "c");
  }
}

TEST(RpcDelivery, TwoConsumersInOneAnswerAreAcknowledgedApart) {
  Output output;
  output.say({}, {{{1}, "a"}, {{}, "b"}, {{2, 3}, "b"}});
  output.say({}, {{{4}, "b"}});
  const auto shown = output.written(2);
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0].consumer, "a");
  EXPECT_EQ(shown[0].cursors, Cursors{1});
  EXPECT_EQ(shown[1].consumer, "b");
  EXPECT_EQ(shown[1].cursors, (Cursors{2, 3, 4}));
}

// As a copy on the device that did not write it.
proto::pb::ApiReply copy_of(std::uint64_t number) {
  proto::pb::ApiReply reply;
  reply.set_number(number);
  auto& message = *reply.mutable_message();
  message.set_id("bob/8");
  message.set_ours(true);
  message.set_by_other_device(true);
  message.set_from("Alice");
  message.set_from_account(std::string(32, '\x11'));
  message.set_chat_account(std::string(32, '\x22'));
  message.set_timestamp_ms(1'008);
  message.set_text("from the other one");
  return reply;
}

constexpr const char* kBob = "22222222-2222-8222-a222-222222222222";

TEST(RpcDelivery, WhatAnotherDeviceWroteIsASyncMessageInTheShapeThatBotsKnow) {
  Speaker alice{true};
  const auto receiving = alice.asked();
  alice.conversation.reply(copy_of(receiving.number()));
  const auto params = alice.only()["params"];
  EXPECT_EQ(params["id"], "bob/8");
  EXPECT_FALSE(params.contains("cursor"));
  const auto& envelope = params["envelope"];
  EXPECT_EQ(envelope["sourceUuid"], params["account"]);
  EXPECT_EQ(envelope["sourceName"], "Alice");
  EXPECT_FALSE(envelope.contains("dataMessage"));
  const auto& sent = envelope["syncMessage"]["sentMessage"];
  EXPECT_EQ(sent["destination"], kBob);
  EXPECT_EQ(sent["destinationUuid"], kBob);
  EXPECT_EQ(sent["destinationNumber"], nullptr);
  EXPECT_EQ(sent["timestamp"], 1'008);
  EXPECT_EQ(sent["message"], "from the other one");
  EXPECT_TRUE(alice.all_asked().empty());  // there is nothing to acknowledge
}

TEST(RpcDelivery, OfASyncMessageItIsSaidWhatItIsAbout) {
  Speaker alice{true};
  const auto receiving = alice.asked();
  auto reply = copy_of(receiving.number());
  auto& about = *reply.mutable_message()->mutable_about();
  about.set_kind(proto::pb::Reference::KIND_REPLY);
  about.set_of_other(true);
  alice.conversation.reply(reply);
  const auto quoting = alice.only()["params"]["envelope"]["syncMessage"]["sentMessage"];
  EXPECT_EQ(quoting["quote"]["author"], kBob);
  about.set_kind(proto::pb::Reference::KIND_EDIT);
  about.set_of_other(false);
  about.set_timestamp_ms(1'001);
  alice.conversation.reply(reply);
  const auto editing = alice.only()["params"]["envelope"]["syncMessage"]["sentMessage"];
  EXPECT_EQ(editing["destinationUuid"], kBob);
  EXPECT_EQ(editing["editMessage"]["targetSentTimestamp"], 1'001);
  EXPECT_EQ(editing["editMessage"]["dataMessage"]["message"], "from the other one");
  EXPECT_FALSE(editing.contains("message"));
}

TEST(RpcDelivery, WhatThisDeviceWroteIsNoSyncMessage) {
  Speaker alice{true};
  const auto receiving = alice.asked();
  auto reply = copy_of(receiving.number());
  reply.mutable_message()->set_by_other_device(false);
  alice.conversation.reply(reply);
  EXPECT_TRUE(alice.heard().empty());
}

TEST(RpcDelivery, WhatAnotherDeviceHasReadIsASyncMessageAndNoReceiptOfTheContact) {
  Speaker alice{true};
  proto::pb::ApiReply reply;
  reply.set_number(alice.asked().number());
  auto& changed = *reply.mutable_state_changed();
  changed.set_state(proto::pb::MESSAGE_STATE_READ);
  changed.set_of_theirs(true);
  changed.set_account(std::string(32, '\x22'));
  changed.set_timestamp_ms(1'008);
  alice.conversation.reply(reply);
  const auto params = alice.only()["params"];
  const auto& envelope = params["envelope"];
  EXPECT_EQ(envelope["sourceUuid"], params["account"]);
  EXPECT_FALSE(envelope.contains("receiptMessage"));
  const auto& read = envelope["syncMessage"]["readMessages"];
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0]["senderUuid"], kBob);
  EXPECT_EQ(read[0]["sender"], kBob);
  EXPECT_EQ(read[0]["timestamp"], 1'008);
}

}  // namespace
}  // namespace bisik::client::rpc
