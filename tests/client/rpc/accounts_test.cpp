// One conversation about several accounts: which of them a request means, whose messages come, and
// what becomes of the others when the profile of one is lost.
#include <gtest/gtest.h>

#include "client/rpc/conversation.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

constexpr std::size_t kAlice = 0;
constexpr std::size_t kHelper = 1;
constexpr const char* kUuidOfAlice = "11111111-1111-8111-9111-111111111111";
constexpr const char* kUuidOfHelper = "22222222-2222-8222-a222-222222222222";

class RpcAccounts : public testing::Test {
 protected:
  void begin(Conversation::Options options = {.receives = false}) {
    options.accounts = {"alice", "helper"};
    talk_.emplace(std::move(options));
    said_ = 0;
  }
  void begin_and_know(Conversation::Options options = {.receives = false}) {
    begin(std::move(options));
    is(kAlice, asked(kAlice), "Alice", '\x11');
    is(kHelper, asked(kHelper), "Alice's helper", '\x22');
  }

  // --- the owners ---

  ApiRequest asked(std::size_t party) {
    const auto requests = talk_->take_requests(party);
    EXPECT_EQ(requests.size(), 1U);
    return requests.empty() ? ApiRequest{} : requests.front();
  }
  bool is_asked(std::size_t party) { return !talk_->take_requests(party).empty(); }
  void answer(std::size_t party, const ApiRequest& request, ApiReply reply) {
    reply.set_number(request.number());
    reply.set_last(true);
    talk_->reply(reply, party);
  }
  void is(std::size_t party, const ApiRequest& request, const std::string& name, char id) {
    ApiReply reply;
    reply.mutable_who_am_i()->set_name(name);
    reply.mutable_who_am_i()->set_account(std::string(32, id));
    answer(party, request, std::move(reply));
  }
  void has_none(std::size_t party, const ApiRequest& request) {
    ApiReply reply;
    reply.mutable_failure()->set_exit_code(1);
    answer(party, request, std::move(reply));
  }
  void bring(std::size_t party, const ApiRequest& request, std::uint64_t cursor) {
    ApiReply reply;
    reply.set_number(request.number());
    reply.mutable_message()->set_cursor(cursor);
    reply.mutable_message()->set_from_account(std::string(32, '\x33'));
    talk_->reply(reply, party);
  }

  // --- the program ---

  void call(const std::string& method, const std::string& params = "{}") {
    talk_->hear(R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}");
  }
  std::vector<Json> heard() {
    std::vector<Json> all;
    for (const auto& line : talk_->take_output()) all.push_back(Json::parse(line));
    said_ += all.size();
    talk_->written(said_);
    return all;
  }
  Json only() {
    const auto all = heard();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Json{} : all.front();
  }
  int error_of(const std::string& method, const std::string& params = "{}") {
    call(method, params);
    const auto said = only();
    return said.contains("error") ? said["error"]["code"].get<int>() : 0;
  }

  std::optional<Conversation> talk_;
  std::uint64_t said_ = 0;
};

TEST_F(RpcAccounts, NothingBeginsBeforeAllAreKnown) {
  begin();
  call("listAccounts");
  is(kAlice, asked(kAlice), "Alice", '\x11');
  EXPECT_TRUE(heard().empty());
  is(kHelper, asked(kHelper), "Helper", '\x22');
  const auto accounts = only()["result"];
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts[0]["uuid"], kUuidOfAlice);
  EXPECT_EQ(accounts[1]["uuid"], kUuidOfHelper);
}

TEST_F(RpcAccounts, ARequestGoesToTheOwnerOfTheAccountThatItNames) {
  begin_and_know();
  for (const auto& name : {std::string{"helper"}, std::string{kUuidOfHelper},
                           std::string{"Alice's helper"}, std::string(64, '2')}) {
    call("listContacts", R"({"account":")" + name + "\"}");
    EXPECT_FALSE(is_asked(kAlice)) << name;
    EXPECT_TRUE(asked(kHelper).has_contacts()) << name;
  }
  call("send", R"({"account":"alice","recipient":"bob","message":"hi"})");
  EXPECT_TRUE(asked(kAlice).has_send());
  EXPECT_FALSE(is_asked(kHelper));
}

TEST_F(RpcAccounts, WithoutAnAccountOrWithAnUnknownOneItIsRefused) {
  begin_and_know();
  EXPECT_EQ(error_of("listContacts"), -32602);
  EXPECT_EQ(error_of("listContacts", R"({"account":""})"), -32602);
  EXPECT_EQ(error_of("listContacts", R"({"account":7})"), -32602);
  EXPECT_EQ(error_of("listContacts", R"({"account":"mallory"})"), -32602);
  EXPECT_EQ(error_of("version", R"({"account":"mallory"})"), -32602);
  EXPECT_EQ(error_of("version"), 0);
  EXPECT_EQ(error_of("nonsense"), -32601);
  EXPECT_FALSE(is_asked(kAlice));
  EXPECT_FALSE(is_asked(kHelper));
}

TEST_F(RpcAccounts, ANameOfTwoAccountsIsRefusedAndThatOfAProfileIsNot) {
  begin();
  is(kAlice, asked(kAlice), "helper", '\x11');
  is(kHelper, asked(kHelper), "Same", '\x22');
  call("listContacts", R"({"account":"helper"})");
  EXPECT_TRUE(asked(kHelper).has_contacts());
  begin();
  is(kAlice, asked(kAlice), "Same", '\x11');
  is(kHelper, asked(kHelper), "Same", '\x22');
  EXPECT_EQ(error_of("listContacts", R"({"account":"Same"})"), -32602);
}

TEST_F(RpcAccounts, MessagesOfAllComeAndEachIsAcknowledgedAtItsOwner) {
  begin_and_know({});
  const auto of_alice = asked(kAlice);
  const auto of_helper = asked(kHelper);
  bring(kAlice, of_alice, 5);
  bring(kHelper, of_helper, 5);
  bring(kHelper, of_helper, 6);
  const auto all = heard();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0]["params"]["account"], kUuidOfAlice);
  EXPECT_EQ(all[1]["params"]["account"], kUuidOfHelper);
  EXPECT_EQ(asked(kAlice).ack().cursors_size(), 1);
  EXPECT_EQ(asked(kHelper).ack().cursors_size(), 2);
}

TEST_F(RpcAccounts, WhatReceiveAnswersIsAcknowledgedAtItsOwner) {
  begin_and_know();
  call("receive", R"({"account":"helper","timeout":0})");
  const auto request = asked(kHelper);
  bring(kHelper, request, 9);
  answer(kHelper, request, {});
  EXPECT_EQ(only()["result"][0]["cursor"], 9);
  EXPECT_FALSE(is_asked(kAlice));
  EXPECT_EQ(asked(kHelper).ack().cursors(0), 9U);
}

TEST_F(RpcAccounts, ASubscriptionIsOfAllOrOfTheOneThatIsNamed) {
  begin_and_know();
  call("subscribeReceive");
  EXPECT_EQ(only()["result"], 0);
  EXPECT_TRUE(asked(kAlice).has_receive());
  EXPECT_TRUE(asked(kHelper).has_receive());
  EXPECT_EQ(error_of("subscribeReceive", R"({"account":"helper"})"), -1);
  call("unsubscribeReceive", R"({"subscription":0})");
  EXPECT_EQ(only()["result"], Json::object());
  EXPECT_EQ(talk_->take_cancels(kAlice).size(), 1U);
  EXPECT_EQ(talk_->take_cancels(kHelper).size(), 1U);
  call("subscribeReceive", R"({"account":"helper"})");
  EXPECT_EQ(only()["result"], 1);
  EXPECT_FALSE(is_asked(kAlice));
  bring(kHelper, asked(kHelper), 3);
  EXPECT_EQ(only()["params"]["subscription"], 1);
  EXPECT_EQ(error_of("receive", R"({"account":"helper"})"), -1);
  call("receive", R"({"account":"alice"})");
  EXPECT_TRUE(asked(kAlice).has_receive());
}

TEST_F(RpcAccounts, ASubscriptionOfAllHasAConsumerAtEachAndNoCursor) {
  begin_and_know();
  EXPECT_EQ(error_of("subscribeReceive", R"({"since":3})"), -32602);
  call("subscribeReceive", R"({"consumer":"bot"})");
  const auto at_alice = asked(kAlice);
  const auto at_helper = asked(kHelper);
  EXPECT_EQ(at_alice.consumers().begin(), "bot");
  EXPECT_EQ(at_helper.consumers().begin(), "bot");
  answer(kAlice, at_alice, {});
  EXPECT_TRUE(heard().empty());
  answer(kHelper, at_helper, {});
  EXPECT_TRUE(only().contains("result"));
  EXPECT_EQ(asked(kAlice).receive().consumer(), "bot");
}

TEST_F(RpcAccounts, OneWithoutAnAccountDisturbsNobody) {
  begin({});
  has_none(kAlice, asked(kAlice));
  is(kHelper, asked(kHelper), "Helper", '\x22');
  EXPECT_TRUE(heard().empty());
  EXPECT_FALSE(is_asked(kAlice));
  EXPECT_TRUE(asked(kHelper).has_receive());
  call("listAccounts");
  has_none(kAlice, asked(kAlice));
  EXPECT_EQ(only()["result"].size(), 1U);
}

TEST_F(RpcAccounts, AProfileThatIsLostFailsItsRequestsAndNoOthers) {
  begin_and_know({});
  const auto of_alice = asked(kAlice);
  const auto of_helper = asked(kHelper);
  call("listContacts", R"({"account":"helper"})");
  call("listContacts", R"({"account":"alice"})");
  const auto contacts = asked(kAlice);
  talk_->lost(kHelper, "Its disk is gone.");
  const auto said = heard();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[0]["params"]["account"], kUuidOfHelper);
  EXPECT_EQ(said[0]["params"]["exception"]["message"], "Its disk is gone.");
  EXPECT_EQ(said[1]["error"]["code"], -32603);
  EXPECT_EQ(error_of("listContacts", R"({"account":"helper"})"), -32603);
  EXPECT_EQ(error_of("subscribeReceive", R"({"account":"helper"})"), -32603);
  bring(kHelper, of_helper, 7);  // too late
  EXPECT_TRUE(heard().empty());
  answer(kAlice, contacts, {});
  EXPECT_EQ(only()["result"], Json::array());
  bring(kAlice, of_alice, 4);
  EXPECT_EQ(only()["params"]["cursor"], 4);
  call("listAccounts");
  EXPECT_EQ(only()["result"].size(), 1U);
}

TEST_F(RpcAccounts, AProfileThatIsServedAgainIsSpokenForOnceItHasSaidWhoseItIs) {
  begin_and_know({});
  (void)asked(kAlice);
  (void)asked(kHelper);
  talk_->lost(kHelper, "Its lock is held.");
  EXPECT_EQ(heard().size(), 1U);
  talk_->found(kHelper);
  EXPECT_EQ(error_of("listContacts", R"({"account":"helper"})"), -32603) << "not yet";
  call("listContacts", R"({"account":"alice"})");
  EXPECT_TRUE(asked(kAlice).has_contacts()) << "nobody waits for it";
  is(kHelper, asked(kHelper), "Alice's helper", '\x22');
  bring(kHelper, asked(kHelper), 7);
  EXPECT_EQ(only()["params"]["cursor"], 7);
  EXPECT_TRUE(asked(kHelper).has_ack());
  call("listContacts", R"({"account":"helper"})");
  EXPECT_TRUE(asked(kHelper).has_contacts());
}

TEST_F(RpcAccounts, OneThatIsLostAgainBeforeItHasSaidSoIsLost) {
  begin_and_know();
  talk_->lost(kHelper, "Its lock is held.");
  talk_->found(kHelper);
  (void)asked(kHelper);
  talk_->lost(kHelper, "Its disk is gone.");
  EXPECT_EQ(error_of("listContacts", R"({"account":"helper"})"), -32603);
  EXPECT_TRUE(talk_->idle());
}

TEST_F(RpcAccounts, OneThatIsLostBeforeItIsKnownHoldsUpNobody) {
  begin();
  call("listAccounts");
  is(kAlice, asked(kAlice), "Alice", '\x11');
  talk_->lost(kHelper, "Its disk is gone.");
  EXPECT_EQ(only()["result"].size(), 1U);
  EXPECT_TRUE(talk_->idle());
}

TEST_F(RpcAccounts, WhatIsLostIsNotAcknowledgedAndNotWaitedFor) {
  begin_and_know({});
  (void)asked(kAlice);
  bring(kHelper, asked(kHelper), 5);
  talk_->lost(kHelper, "Its disk is gone.");
  EXPECT_EQ(heard().size(), 2U);
  EXPECT_FALSE(is_asked(kHelper));
  EXPECT_TRUE(talk_->idle());
}

TEST_F(RpcAccounts, EventsAreOfTheAccountThatIsNamedIfThereIsOne) {
  begin_and_know({.only_for = "helper"});
  EXPECT_FALSE(talk_->refusal());
  EXPECT_FALSE(is_asked(kAlice));
  EXPECT_TRUE(asked(kHelper).has_receive());
  begin_and_know({.only_for = "mallory"});
  EXPECT_TRUE(talk_->refusal());
  EXPECT_FALSE(is_asked(kAlice));
  EXPECT_FALSE(is_asked(kHelper));
}

TEST_F(RpcAccounts, EventsOfAConsumerComeOnceItsOwnersKnowIt) {
  begin_and_know({.first = {.consumer = "bot", .bare = true}});
  const auto at_alice = asked(kAlice);
  EXPECT_EQ(at_alice.consumers().begin(), "bot");
  EXPECT_FALSE(talk_->has_begun());
  answer(kAlice, at_alice, {});
  EXPECT_FALSE(talk_->has_begun());
  answer(kHelper, asked(kHelper), {});
  EXPECT_TRUE(talk_->has_begun());
  EXPECT_FALSE(talk_->refusal());
  const auto receiving = asked(kHelper);
  EXPECT_EQ(receiving.receive().consumer(), "bot");
  bring(kHelper, receiving, 8);
  EXPECT_EQ(only()["cursor"], 8);
  EXPECT_EQ(asked(kHelper).ack().consumer(), "bot");
}

TEST_F(RpcAccounts, EventsOfAConsumerThatIsNoneAreRefusedAndNothingIsHandedOut) {
  begin_and_know({.only_for = "helper", .first = {.consumer = "b t", .bare = true}});
  has_none(kHelper, asked(kHelper));
  EXPECT_TRUE(talk_->has_begun());
  EXPECT_EQ(talk_->refusal()->code, Code::user);
  EXPECT_FALSE(is_asked(kHelper));
  EXPECT_TRUE(heard().empty());
}

TEST_F(RpcAccounts, EventsBehindACursorAreOfOneAccount) {
  begin_and_know({.first = {.keep = true, .since = 7, .bare = true}});
  EXPECT_EQ(talk_->refusal()->code, Code::invalid_params);
  EXPECT_FALSE(is_asked(kAlice));
  EXPECT_FALSE(is_asked(kHelper));
  begin_and_know({.only_for = "alice", .first = {.keep = true, .since = 7, .bare = true}});
  EXPECT_FALSE(talk_->refusal());
  const auto before = asked(kAlice);
  EXPECT_EQ(before.ack().cursor(), 7U);
  answer(kAlice, before, {});
  const auto receiving = asked(kAlice);
  EXPECT_EQ(receiving.receive().since(), 7U);
  bring(kAlice, receiving, 8);
  EXPECT_EQ(heard().size(), 1U);
  EXPECT_FALSE(is_asked(kAlice)) << "it is kept";
}

TEST_F(RpcAccounts, LinkingTakesADaemonOfOneProfile) {
  begin_and_know();
  EXPECT_EQ(error_of("startLink", R"({"account":"alice","relay":"bisik://x"})"), -1);
}

TEST_F(RpcAccounts, ABatchMayBeAboutSeveral) {
  begin_and_know();
  talk_->hear(
      R"([{"jsonrpc":"2.0","id":1,"method":"listContacts","params":{"account":"alice"}},
          {"jsonrpc":"2.0","id":2,"method":"listContacts","params":{"account":"helper"}}])");
  answer(kHelper, asked(kHelper), {});
  EXPECT_TRUE(heard().empty());
  answer(kAlice, asked(kAlice), {});
  EXPECT_EQ(only().size(), 2U);
}

}  // namespace
}  // namespace bisik::client::rpc
