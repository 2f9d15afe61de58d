// A program that links its profile: what it hears when, and that nothing is taken from anybody
// before it was said here whose device this becomes.
#include "client/rpc/linking.hpp"

#include "tests/client/rpc/speaker.hpp"

namespace bisik::client::rpc {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;

constexpr const char* kCode = "bisik://relay.example/key#code";
constexpr const char* kThatCode = R"({"deviceLinkUri":"bisik://relay.example/key#code"})";
constexpr const char* kAliceId = "11111111-1111-8111-9111-111111111111";

// A program with a profile that has no account.
class Newcomer : public Speaker {
 public:
  explicit Newcomer(bool receives = false)
      : Speaker{Conversation::Options{.receives = receives, .relay = "bisik://relay.example/key"}} {
  }

  // Every request looks first whether there is an account by now.
  void ask(int id, const std::string& method, const std::string& params = kThatCode) {
    call(id, method, params);
    fail(asked(), 1);
  }
  void start(const std::string& params = "{}") {
    ask(1, "startLink", params);
    linking = asked();
    show_code();
  }
  void expect(const std::string& account) {
    ask(2, "finishLink",
        R"({"deviceLinkUri":")" + std::string{kCode} + R"(","expectedAccount":")" + account +
            "\"}");
  }
  void show_code() {
    ApiReply made;
    made.mutable_made_link()->set_link(kCode);
    say_of_link(std::move(made));
  }
  void show_digits() {
    ApiReply digits;
    digits.mutable_link_digits()->set_digits("482 913");
    digits.mutable_link_digits()->set_account(std::string(32, '\x11'));
    say_of_link(std::move(digits));
  }
  static ApiReply alice() {
    ApiReply who;
    who.mutable_who_am_i()->set_name("Alice");
    who.mutable_who_am_i()->set_account(std::string(32, '\x11'));
    who.mutable_who_am_i()->set_device(2);
    return who;
  }
  void become() { answer(linking, alice()); }

  ApiRequest linking;

 private:
  void say_of_link(ApiReply reply) {
    reply.set_number(linking.number());
    conversation.reply(reply);
  }
};

TEST(RpcLinking, TheCodeIsTheAnswerAndTheDigitsAreANotification) {
  Newcomer program;
  program.start();
  EXPECT_EQ(program.linking.link().relay(), "bisik://relay.example/key");
  EXPECT_FALSE(program.linking.link().history());
  EXPECT_EQ(program.result(), (Json{{"deviceLinkUri", kCode}}));
  program.show_digits();
  const auto said = program.only();
  EXPECT_EQ(said["method"], "linkDigits");
  EXPECT_FALSE(said.contains("id"));
  EXPECT_EQ(said["params"],
            (Json{{"deviceLinkUri", kCode}, {"digits", "482 913"}, {"account", kAliceId}}));
}

TEST(RpcLinking, FinishLinkWaitsUntilAPersonHasSaidThatItIsHis) {
  Newcomer program;
  program.start(R"({"relay":"bisik://other.example/key","history":true})");
  EXPECT_EQ(program.linking.link().relay(), "bisik://other.example/key");
  EXPECT_TRUE(program.linking.link().history());
  (void)program.heard();
  program.ask(2, "finishLink");
  program.show_digits();
  EXPECT_EQ(program.only()["method"], "linkDigits");
  EXPECT_TRUE(program.all_asked().empty());
  program.ask(3, "acceptLink");
  const auto accepting = program.asked();
  EXPECT_EQ(accepting.command_case(), ApiRequest::kAcceptLink);
  program.done(accepting);
  EXPECT_EQ(program.only()["id"], 3);
  EXPECT_FALSE(program.conversation.idle());
  program.become();
  const auto finished = program.only();
  EXPECT_EQ(finished["id"], 2);
  EXPECT_EQ(finished["result"],
            (Json{{"number", nullptr}, {"uuid", kAliceId}, {"name", "Alice"}, {"deviceId", 2}}));
}

TEST(RpcLinking, TheAccountThatIsExpectedIsAcceptedByTheProgram) {
  for (const bool digits_first : {true, false}) {
    Newcomer program;
    program.start();
    if (digits_first) program.show_digits();
    program.expect(kAliceId);
    if (!digits_first) program.show_digits();
    EXPECT_EQ(program.asked().command_case(), ApiRequest::kAcceptLink);
    (void)program.heard();
    program.become();
    EXPECT_EQ(program.result()["uuid"], kAliceId);
  }
}

TEST(RpcLinking, AnotherAccountThanTheExpectedOneIsRefusedAndStaysRefused) {
  Newcomer program;
  program.start();
  (void)program.heard();
  program.expect(std::string(64, '2'));
  program.show_digits();
  const auto said = program.heard();
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said[1]["error"]["code"], -4);
  program.ask(3, "acceptLink");
  EXPECT_EQ(program.error(), -1);
  program.ask(4, "finishLink");
  EXPECT_EQ(program.error(), -4);
  EXPECT_TRUE(program.all_asked().empty());
}

TEST(RpcLinking, HowItEndedIsKeptForWhoeverAsksLater) {
  Newcomer program;
  program.start();
  (void)program.heard();
  program.fail(program.linking, 3);
  EXPECT_TRUE(program.heard().empty());
  program.ask(2, "finishLink");
  EXPECT_EQ(program.error(), -3);
}

TEST(RpcLinking, ARelayThatCannotBeReachedIsTheAnswerToStartLink) {
  Newcomer program;
  program.ask(1, "startLink", "{}");
  program.fail(program.asked(), 3);
  EXPECT_EQ(program.error(), -3);
}

TEST(RpcLinking, WhateverEndsItTheCallsEnd) {
  Newcomer program;
  program.ask(1, "startLink", "{}");
  program.done(program.asked());
  EXPECT_EQ(program.error(), -32603);
  program.start();
  program.ask(2, "finishLink");
  (void)program.heard();
  program.done(program.linking);
  EXPECT_EQ(program.error(), -32603);
  EXPECT_TRUE(program.conversation.idle());
}

TEST(RpcLinking, WhatIsAskedTooEarlyOrOfAnotherLinkIsRefused) {
  Newcomer program;
  for (const auto* method : {"finishLink", "acceptLink"}) {
    program.ask(1, method);
    EXPECT_EQ(program.error(), -1) << method;
  }
  program.start();
  (void)program.heard();
  for (const auto* method : {"finishLink", "acceptLink"}) {
    program.ask(2, method, R"({"deviceLinkUri":"bisik://relay.example/key#other"})");
    EXPECT_EQ(program.error(), -1) << method;
  }
  program.ask(3, "acceptLink");  // nobody has answered yet
  EXPECT_EQ(program.error(), -1);
  program.ask(4, "finishLink");
  program.ask(5, "finishLink");
  EXPECT_EQ(program.only()["id"], 5);
  EXPECT_TRUE(program.all_asked().empty());
}

TEST(RpcLinking, AnotherStartReplacesTheFirst) {
  Newcomer program;
  program.start();
  program.ask(2, "finishLink");
  (void)program.heard();
  program.ask(3, "startLink", "{}");
  EXPECT_EQ(program.only()["id"], 2);
  EXPECT_EQ(program.conversation.take_cancels(), std::vector{program.linking.number()});
  program.linking = program.asked();
  program.show_code();
  EXPECT_EQ(program.only()["id"], 3);
}

TEST(RpcLinking, ACodeThatAnotherOwnerHasMadeAnewIsNotTakenForTheOneThatWasShown) {
  Newcomer program;
  program.start();
  program.ask(2, "finishLink");
  (void)program.heard();
  program.show_code();
  EXPECT_EQ(program.error(), -1);
  program.show_digits();
  EXPECT_TRUE(program.heard().empty());
  program.ask(3, "acceptLink");
  EXPECT_EQ(program.error(), -1);
}

TEST(RpcLinking, WithoutARelayOrOverHttpOrWithAnAccountThereIsNoLink) {
  Speaker without{Conversation::Options{.receives = false}};
  without.call(1, "startLink");
  without.fail(without.asked(), 1);
  EXPECT_EQ(without.error(), -32602);
  Speaker over_http{Conversation::Options{.receives = false,
                                          .may_subscribe = false,
                                          .accounts = {""},
                                          .only_for = {},
                                          .first = {},
                                          .relay = "x"}};
  over_http.call(1, "startLink");
  over_http.fail(over_http.asked(), 1);
  EXPECT_EQ(over_http.error(), -1);
  Speaker alice;
  alice.call(1, "startLink");
  EXPECT_EQ(alice.error(), -1);
  EXPECT_TRUE(alice.all_asked().empty());
}

TEST(RpcLinking, MessagesComeFromThenOn) {
  Newcomer program{true};
  EXPECT_TRUE(program.all_asked().empty());  // there is nothing to receive yet
  program.start();
  program.ask(2, "finishLink");
  (void)program.heard();
  program.become();
  const auto looking = program.asked();
  ASSERT_EQ(looking.command_case(), ApiRequest::kWhoAmI);
  program.answer(looking, Newcomer::alice());
  (void)program.heard();
  EXPECT_TRUE(program.asked().receive().follow());
  program.call(3, "listAccounts", R"({"account":")" + std::string{kAliceId} + "\"}");
  EXPECT_EQ(program.result()[0]["uuid"], kAliceId);
}

}  // namespace
}  // namespace bisik::client::rpc
