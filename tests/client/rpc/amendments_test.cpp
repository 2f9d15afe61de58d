// What is said about messages and beside them, in the shapes in which bots know it: reactions,
// quotes, edits, deletions, receipts, typing.
#include "client/rpc/limits.hpp"
#include "tests/client/rpc/speaker.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using proto::pb::Reference;

constexpr const char* kOurUuid = "11111111-1111-8111-9111-111111111111";
constexpr const char* kTheirUuid = "22222222-2222-8222-a222-222222222222";

proto::pb::AboutMessage asked_about(const std::string& method, const std::string& params) {
  Speaker alice;
  alice.call(1, method, params);
  const auto request = alice.asked().send();
  EXPECT_EQ(request.recipients_size(), 1);
  EXPECT_TRUE(request.generated_key());
  return request.about();
}

int error_of(const std::string& method, const std::string& params) {
  Speaker alice;
  alice.call(1, method, params);
  return alice.error();
}

// What comes to a bot when Bob says this of a message.
Json envelope(Reference::Kind kind, bool of_other, const std::string& words,
              const std::string& text) {
  Speaker alice{true};
  const auto request = alice.asked();
  ApiReply reply;
  reply.set_number(request.number());
  auto& message = *reply.mutable_message();
  message.set_from("bob");
  message.set_from_account(std::string(32, '\x22'));
  message.set_timestamp_ms(1'005);
  message.set_cursor(5);
  message.set_text(text);
  message.mutable_about()->set_kind(kind);
  message.mutable_about()->set_timestamp_ms(900);
  message.mutable_about()->set_of_other(of_other);
  message.mutable_about()->set_text(words);
  alice.conversation.reply(reply);
  return alice.only()["params"]["envelope"];
}

TEST(RpcAmendments, AMessageIsNamedByItsAuthorAndTimestamp) {
  const auto theirs = asked_about("sendReaction", R"({"recipient":"bob","emoji":"+",
      "targetAuthor":"22222222-2222-8222-a222-222222222222","targetTimestamp":900})");
  EXPECT_EQ(theirs.kind(), Reference::KIND_REACTION);
  EXPECT_FALSE(theirs.ours());
  EXPECT_EQ(theirs.timestamp_ms(), 900U);
  EXPECT_EQ(theirs.emoji(), "+");
  EXPECT_FALSE(theirs.withdrawn());
  const auto ours = asked_about("sendReaction", R"({"recipient":"bob","emoji":"+","remove":true,
      "targetAuthor":"11111111-1111-8111-9111-111111111111","targetTimestamp":900})");
  EXPECT_TRUE(ours.ours());
  EXPECT_TRUE(ours.withdrawn());
  const auto deletion = asked_about("remoteDelete", R"({"recipient":"bob","targetTimestamp":7})");
  EXPECT_EQ(deletion.kind(), Reference::KIND_DELETION);
  EXPECT_TRUE(deletion.ours());
  EXPECT_EQ(deletion.timestamp_ms(), 7U);
}

TEST(RpcAmendments, SendMayAnswerOrReplaceAMessage) {
  const auto quote = asked_about("send", R"({"recipient":"bob","message":"yes",
      "quoteTimestamp":900,"quoteAuthor":"bob","quoteMessage":"shall we?"})");
  EXPECT_EQ(quote.kind(), Reference::KIND_REPLY);
  EXPECT_FALSE(quote.ours());
  EXPECT_EQ(quote.timestamp_ms(), 900U);
  const auto edit =
      asked_about("send", R"({"recipient":"bob","message":"better","editTimestamp":901})");
  EXPECT_EQ(edit.kind(), Reference::KIND_EDIT);
  EXPECT_TRUE(edit.ours());
  EXPECT_EQ(asked_about("send", R"({"recipient":"bob","message":"hi"})").kind(),
            Reference::KIND_NONE);
}

TEST(RpcAmendments, ANoteToSelfGoesToThisAccountAndNeedsNobodyElse) {
  Speaker alice;
  alice.call(1, "send", R"({"noteToSelf":true,"message":"buy milk"})");
  const auto request = alice.asked().send();
  ASSERT_EQ(request.recipients_size(), 1);
  EXPECT_EQ(request.recipients(0).size(), 64U);
  EXPECT_EQ(request.recipients(0).substr(0, 4), "1111");
}

TEST(RpcAmendments, AProfileIsAName) {
  Speaker alice;
  alice.call(1, "updateProfile", R"({"givenName":"Alice","familyName":"Miller"})");
  EXPECT_EQ(alice.asked().profile().name(), "Alice Miller");
  EXPECT_EQ(error_of("updateProfile", R"({"about":"me"})"), -1);
}

TEST(RpcAmendments, WhatIsMissingOrOfTheWrongKindIsRefused) {
  EXPECT_EQ(error_of("sendReaction", R"({"recipient":"bob","emoji":"+","targetTimestamp":1})"),
            -32602);
  EXPECT_EQ(error_of("sendReaction", R"({"emoji":"+","targetAuthor":"a","targetTimestamp":1})"),
            -32602);
  EXPECT_EQ(error_of("remoteDelete", R"({"recipient":"bob","targetTimestamp":"1"})"), -32602);
  EXPECT_EQ(error_of("remoteDelete", R"({"targetTimestamp":1})"), -32602);
  EXPECT_EQ(error_of("sendReceipt", R"({"recipient":"bob"})"), -32602);
  EXPECT_EQ(error_of("sendReceipt", R"({"recipient":"bob","targetTimestamp":1,"type":"seen"})"),
            -32602);
  EXPECT_EQ(error_of("sendTyping", "{}"), -32602);
}

TEST(RpcAmendments, ReceiptsAndTypingAreAskedForAndAnsweredLikeASend) {
  Speaker alice;
  alice.call(1, "sendReceipt", R"({"recipient":"bob","targetTimestamp":[5,6],"type":"viewed"})");
  const auto receipt = alice.asked();
  EXPECT_EQ(receipt.send_receipt().name(), "bob");
  EXPECT_EQ(receipt.send_receipt().timestamps_size(), 2);
  ApiReply reply;
  reply.mutable_sent()->set_timestamp_ms(77);
  reply.mutable_sent()->add_recipients()->set_account(std::string(32, '\x22'));
  alice.answer(receipt, reply);
  const auto result = alice.result();
  EXPECT_EQ(result["timestamp"], 77);
  EXPECT_EQ(result["results"][0]["type"], "SUCCESS");
  EXPECT_EQ(result["results"][0]["recipientAddress"]["uuid"], kTheirUuid);
  alice.call(2, "sendTyping", R"({"recipient":["bob","carol"],"stop":true})");
  const auto typing = alice.asked().typing();
  EXPECT_EQ(typing.recipients_size(), 2);
  EXPECT_TRUE(typing.stopped());
}

TEST(RpcAmendments, AReactionAndAQuoteNameTheAuthorOfTheMessage) {
  const auto reaction = envelope(Reference::KIND_REACTION, true, "+", "")["dataMessage"];
  EXPECT_EQ(reaction["message"], nullptr);
  EXPECT_EQ(reaction["reaction"]["emoji"], "+");
  EXPECT_EQ(reaction["reaction"]["targetAuthor"], kOurUuid);
  EXPECT_EQ(reaction["reaction"]["targetAuthorUuid"], kOurUuid);
  EXPECT_EQ(reaction["reaction"]["targetAuthorNumber"], nullptr);
  EXPECT_EQ(reaction["reaction"]["targetSentTimestamp"], 900);
  EXPECT_EQ(reaction["reaction"]["isRemove"], false);
  const auto answer = envelope(Reference::KIND_REPLY, false, "shall we?", "yes")["dataMessage"];
  EXPECT_EQ(answer["message"], "yes");
  EXPECT_EQ(answer["quote"]["id"], 900);
  EXPECT_EQ(answer["quote"]["author"], kTheirUuid) << "he answers himself";
  EXPECT_EQ(answer["quote"]["authorUuid"], kTheirUuid);
  EXPECT_EQ(answer["quote"]["text"], "shall we?");
  EXPECT_EQ(answer["quote"]["attachments"], Json::array());
}

TEST(RpcAmendments, AnEditAndADeletionNameTheMessageByItsTimestamp) {
  const auto edit = envelope(Reference::KIND_EDIT, false, "", "better");
  EXPECT_FALSE(edit.contains("dataMessage"));
  EXPECT_EQ(edit["editMessage"]["targetSentTimestamp"], 900);
  EXPECT_EQ(edit["editMessage"]["dataMessage"]["message"], "better");
  EXPECT_EQ(edit["editMessage"]["dataMessage"]["timestamp"], 1'005);
  const auto deletion = envelope(Reference::KIND_DELETION, false, "", "");
  EXPECT_EQ(deletion["dataMessage"]["remoteDelete"]["timestamp"], 900);
}

ApiReply receipt(const ApiRequest& request, proto::pb::MessageState state) {
  ApiReply reply;
  reply.set_number(request.number());
  auto& changed = *reply.mutable_state_changed();
  changed.set_state(state);
  changed.set_at_ms(1'234);
  changed.set_timestamp_ms(900);
  changed.set_chat("bob");
  changed.set_account(std::string(32, '\x22'));
  return reply;
}

TEST(RpcAmendments, AReceiptSaysOfWhichMessageAndOnlyThoseOfContactsAreSaid) {
  Speaker alice{true};
  const auto request = alice.asked();
  alice.conversation.reply(receipt(request, proto::pb::MESSAGE_STATE_RELAY));
  EXPECT_TRUE(alice.heard().empty());
  for (const auto state : {proto::pb::MESSAGE_STATE_DELIVERED, proto::pb::MESSAGE_STATE_READ}) {
    const bool read = state == proto::pb::MESSAGE_STATE_READ;
    alice.conversation.reply(receipt(request, state));
    const auto said = alice.only()["params"]["envelope"];
    EXPECT_EQ(said["sourceUuid"], kTheirUuid);
    EXPECT_EQ(said["receiptMessage"]["when"], 1'234);
    EXPECT_EQ(said["receiptMessage"]["isDelivery"], !read);
    EXPECT_EQ(said["receiptMessage"]["isRead"], read);
    EXPECT_EQ(said["receiptMessage"]["isViewed"], false);
    EXPECT_EQ(said["receiptMessage"]["timestamps"], Json::array({900}));
  }
}

TEST(RpcAmendments, TypingIsSaidAsItHappens) {
  Speaker alice{true};
  ApiReply reply;
  reply.set_number(alice.asked().number());
  reply.mutable_typing()->set_chat("bob");
  reply.mutable_typing()->set_account(std::string(32, '\x22'));
  reply.mutable_typing()->set_timestamp_ms(7);
  alice.conversation.reply(reply);
  const auto started = alice.only()["params"]["envelope"];
  EXPECT_EQ(started["sourceName"], "bob");
  EXPECT_EQ(started["typingMessage"]["action"], "STARTED");
  EXPECT_EQ(started["typingMessage"]["timestamp"], 7);
  reply.mutable_typing()->set_stopped(true);
  alice.conversation.reply(reply);
  EXPECT_EQ(alice.only()["params"]["envelope"]["typingMessage"]["action"], "STOPPED");
}

// They are not kept for it, so memory is bounded.
TEST(RpcAmendments, WhoDoesNotReadHearsOfSoManyAndOnceHeReadsOfMore) {
  Speaker alice{true};
  alice.reads = false;
  const auto request = alice.asked();
  const auto reply = receipt(request, proto::pb::MESSAGE_STATE_READ);
  for (std::size_t i = 0; i < kMaxMentioned + 10; ++i) alice.conversation.reply(reply);
  EXPECT_EQ(alice.heard().size(), kMaxMentioned);
  alice.conversation.written(kMaxMentioned);
  alice.conversation.reply(reply);
  EXPECT_EQ(alice.heard().size(), 1U);
}

}  // namespace
}  // namespace bisik::client::rpc
