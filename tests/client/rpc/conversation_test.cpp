// Requests and their answers: which belongs to which, what runs at the same time, what is bounded.
#include "client/rpc/conversation.hpp"

#include <set>

#include "client/rpc/limits.hpp"
#include "tests/client/rpc/speaker.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;

ApiReply sent_to_bob() {
  ApiReply reply;
  reply.mutable_sent()->set_timestamp_ms(77);
  reply.mutable_sent()->add_recipients()->set_account(std::string(32, '\x22'));
  return reply;
}

constexpr const char* kToBob = R"({"recipient":"bob","message":"hi"})";

TEST(RpcConversation, NothingBeginsBeforeTheAccountIsKnown) {
  Conversation conversation{{}};
  conversation.hear(R"({"jsonrpc":"2.0","id":1,"method":"version"})");
  EXPECT_EQ(conversation.take_requests().size(), 1U);
  EXPECT_TRUE(conversation.take_output().empty());
  EXPECT_FALSE(conversation.wants_input());
}

TEST(RpcConversation, AProfileWithoutAnAccountStillAnswersAndLooksAgainEachTime) {
  Speaker nobody{Conversation::Options{.receives = false}};
  nobody.call(1, "listAccounts");
  EXPECT_TRUE(nobody.heard().empty());
  nobody.fail(nobody.asked(), 1);
  EXPECT_EQ(nobody.result(), Json::array());
  nobody.call(2, "listAccounts");
  ApiReply who;
  who.mutable_who_am_i()->set_name("Alice");
  nobody.answer(nobody.asked(), who);
  EXPECT_EQ(nobody.result()[0]["name"], "Alice");
  nobody.call(3, "listAccounts");
  EXPECT_TRUE(nobody.all_asked().empty());
}

TEST(RpcConversation, AnswersCarryTheIdOfTheirRequestInTheOrderInWhichTheyEnd) {
  Speaker alice;
  alice.call(1, "send", kToBob);
  const auto first = alice.asked();
  alice.call(2, "send", kToBob);
  const auto second = alice.asked();
  alice.call(3, "version");
  EXPECT_EQ(alice.only()["id"], 3);
  alice.answer(second, sent_to_bob());
  EXPECT_EQ(alice.only()["id"], 2);
  alice.answer(first, sent_to_bob());
  EXPECT_EQ(alice.only()["id"], 1);
}

TEST(RpcConversation, WithoutAnIdTheWorkIsDoneAndNothingIsSaid) {
  Speaker alice;
  alice.say(R"({"jsonrpc":"2.0","method":"send","params":{"recipient":"bob","message":"hi"}})");
  alice.say(R"({"jsonrpc":"2.0","method":"nonsense"})");
  alice.answer(alice.asked(), sent_to_bob());
  EXPECT_TRUE(alice.heard().empty());
  EXPECT_TRUE(alice.conversation.idle());
}

TEST(RpcConversation, ABatchIsAnsweredInOneArrayWhenTheLastIsThere) {
  Speaker alice;
  alice.say(R"([{"jsonrpc":"2.0","id":"a","method":"send","params":{"recipient":"b","message":"m"}},
                {"jsonrpc":"2.0","method":"version"},
                7,
                {"jsonrpc":"2.0","id":"b","method":"version"}])");
  EXPECT_TRUE(alice.heard().empty());
  alice.answer(alice.asked(), sent_to_bob());
  const auto answers = alice.only();
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0]["id"], nullptr);
  EXPECT_EQ(answers[1]["id"], "b");
  EXPECT_EQ(answers[2]["id"], "a");
}

TEST(RpcConversation, ABatchOfNotificationsAloneIsNotAnswered) {
  Speaker alice;
  alice.say(R"([{"jsonrpc":"2.0","method":"version"},{"jsonrpc":"2.0","method":"version"}])");
  EXPECT_TRUE(alice.heard().empty());
}

TEST(RpcConversation, UnknownMethodsAreNotImplemented) {
  Speaker alice;
  alice.call(1, "register");
  const auto error = alice.only()["error"];
  EXPECT_EQ(error["code"], -32601);
  EXPECT_EQ(error["message"], "Method not implemented");
  EXPECT_EQ(error["data"], nullptr);
}

TEST(RpcConversation, AnotherAccountIsRefusedAndThisOneMayHaveAnyOfItsNames) {
  Speaker alice;
  for (const auto& name :
       {std::string{"alice"}, std::string{"Alice"}, std::string{},
        std::string{"11111111-1111-8111-9111-111111111111"}, std::string(64, '1')}) {
    alice.call(1, "version", R"({"account":")" + name + "\"}");
    EXPECT_TRUE(alice.only().contains("result")) << name;
  }
  alice.call(1, "version", R"({"account":"+491234"})");
  EXPECT_EQ(alice.error(), -32602);
}

TEST(RpcConversation, OnlySoManyRunAtOnceAndAllAreAnswered) {
  constexpr int kAll = 10'000;
  Speaker alice;
  std::set<int> answered;
  int said = 0;
  while (answered.size() < kAll) {
    while (said < kAll && alice.conversation.wants_input()) alice.call(++said, "send", kToBob);
    const auto requests = alice.all_asked();
    ASSERT_LE(requests.size(), kMaxInFlight);
    ASSERT_FALSE(requests.empty());
    for (const auto& request : requests) alice.answer(request, sent_to_bob());
    for (const auto& answer : alice.heard()) answered.insert(answer["id"].get<int>());
  }
  EXPECT_TRUE(alice.conversation.idle());
}

TEST(RpcConversation, ALongBatchBeginsNoMoreThanThat) {
  Speaker alice;
  std::string batch = "[";
  for (std::size_t i = 0; i < kMaxBatch; ++i) {
    batch += R"({"jsonrpc":"2.0","id":1,"method":"getState"},)";
  }
  batch.back() = ']';
  alice.say(batch);
  std::size_t asked = 0;
  for (auto requests = alice.all_asked(); !requests.empty(); requests = alice.all_asked()) {
    EXPECT_LE(requests.size(), kMaxInFlight);
    asked += requests.size();
    ApiReply reply;
    reply.mutable_status();
    for (const auto& request : requests) alice.answer(request, reply);
  }
  EXPECT_EQ(asked, kMaxBatch);
  EXPECT_EQ(alice.only().size(), kMaxBatch);
}

TEST(RpcConversation, WhatTheOwnerWouldNotReadIsRefusedHere) {
  Speaker alice;
  alice.call(1, "send", R"({"recipient":"bob","message":")" + std::string(200'000, 'x') + "\"}");
  EXPECT_EQ(alice.error(), -32602);
  EXPECT_TRUE(alice.all_asked().empty());
}

TEST(RpcConversation, ALineThatIsTooLongIsAParseError) {
  Speaker alice;
  alice.conversation.hear_too_long();
  const auto answer = alice.only();
  EXPECT_EQ(answer["error"]["code"], -32700);
  EXPECT_EQ(answer["id"], nullptr);
}

TEST(RpcConversation, TextOfPeersIsEscaped) {
  Speaker alice{true};
  alice.bring(alice.asked(), 1,
              "Gr\xc3\xbc\xc3\x9f"
              "e \x1b[31m\n\xe2\x80\xae");
  EXPECT_EQ(alice.only()["params"]["envelope"]["dataMessage"]["message"],
            "Gr\xc3\xbc\xc3\x9f"
            "e \x1b[31m\n\xe2\x80\xae");
}

TEST(RpcConversation, StoppedItAnswersWhatRunsAndBeginsNothing) {
  Speaker alice{true};
  (void)alice.asked();  // for messages
  alice.call(1, "send", kToBob);
  const auto sending = alice.asked();
  alice.conversation.stop();
  EXPECT_EQ(alice.conversation.take_cancels().size(), 1U);
  EXPECT_FALSE(alice.conversation.idle());
  alice.answer(sending, sent_to_bob());
  EXPECT_EQ(alice.only()["id"], 1);
  EXPECT_TRUE(alice.conversation.idle());
}

}  // namespace
}  // namespace bisik::client::rpc
