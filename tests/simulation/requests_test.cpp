// Who may write and who is heard: strangers wait as requests and learn nothing, blocked contacts
// are not shown, and the write keys that they know end.
#include <gtest/gtest.h>

#include "tests/simulation/member.hpp"
#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiReply;
using proto::pb::ApiRequest;
using proto::pb::MESSAGE_STATE_FAILED;
using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::MESSAGE_STATE_UNCONFIRMED;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Requests : public testing::Test {
 protected:
  explicit Requests(const server::Limits& limits = {}) : relay_{world_, Defect::none, limits} {
    relay_.attach(network_);
    for (auto* member : {&alice_, &bob_, &carol_}) {
      EXPECT_TRUE(member->join(proto::format_link(
          {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
    }
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }

  // Whoever uses it is nobody that Alice has invited.
  std::string link_of_alice_with_another_token() {
    auto link = proto::parse_link(alice_.invite()).value();
    link.contact->token.front() ^= 1;
    return proto::format_link(link);
  }
  void meet(Member& other) {
    other.add(alice_.invite());
    pass(seconds{10});
  }

  ApiReply requests() {
    ApiRequest request;
    request.mutable_requests();
    return alice_.ask_first(request);
  }
  ApiReply accept(const std::string& name, const std::string& new_name = {}) {
    ApiRequest request;
    request.mutable_accept()->set_name(name);
    request.mutable_accept()->set_new_name(new_name);
    return alice_.ask(request);
  }
  ApiReply remove(const std::string& name, bool contact = false) {
    ApiRequest request;
    request.mutable_remove()->set_name(name);
    request.mutable_remove()->set_contact(contact);
    return alice_.ask(request);
  }
  ApiReply block(const std::string& name, bool now = false) {
    ApiRequest request;
    request.mutable_block()->set_name(name);
    request.mutable_block()->set_now(now);
    return alice_.ask(request);
  }
  ApiReply unblock(const std::string& name) {
    ApiRequest request;
    request.mutable_block()->set_name(name);
    request.mutable_block()->set_unblock(true);
    return alice_.ask(request);
  }

  World world_{1};
  RelayParty relay_;
  Network network_{world_, relay_};
  Member alice_{world_, network_, 0};
  Member bob_{world_, network_, 1};
  Member carol_{world_, network_, 2};
};

class FromAStranger : public Requests {
 protected:
  FromAStranger() {
    bob_.add(link_of_alice_with_another_token());
    EXPECT_EQ(bob_.send(alice_, "let me in").state(), MESSAGE_STATE_RELAY);
    pass(seconds{30});
  }
};

TEST_F(FromAStranger, IsARequestOfWhichNothingIsAnswered) {
  EXPECT_EQ(alice_.times_read("let me in"), 0);
  const auto request = requests();
  EXPECT_EQ(request.contact().first_text(), "let me in");
  EXPECT_EQ(request.contact().messages(), 1U);
  EXPECT_EQ(bob_.server_view("cells").size(), 0U);
  EXPECT_EQ(alice_.send(bob_, "who are you?").failure().exit_code(), 1U);
}

TEST_F(FromAStranger, AnAcceptedRequestIsAConversation) {
  EXPECT_TRUE(accept("P1").has_contact());
  EXPECT_EQ(alice_.times_read("let me in"), 1);
  pass(seconds{30});
  EXPECT_EQ(alice_.send(bob_, "welcome").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_.times_read("welcome"), 1);
  EXPECT_EQ(bob_.send(alice_, "thank you").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_.times_read("thank you"), 1);
  EXPECT_FALSE(requests().has_contact());
  EXPECT_EQ(accept("P1").failure().exit_code(), 1U) << "not twice";
}

TEST_F(FromAStranger, MayBeAcceptedUnderAnotherNameThatIsFree) {
  meet(carol_);
  EXPECT_EQ(accept("P1", "P2").failure().exit_code(), 1U) << "Carol's";
  EXPECT_EQ(accept("P1", "builder").contact().name(), "builder");
}

TEST_F(FromAStranger, ADeletedRequestLeavesNothing) {
  EXPECT_TRUE(remove("P1").has_contact());
  EXPECT_FALSE(requests().has_contact());
  EXPECT_EQ(remove("P1").failure().exit_code(), 1U);
  EXPECT_EQ(alice_.times_read("let me in"), 0);
}

TEST_F(Requests, AContactIsDeletedOnlyWhenThatIsSaid) {
  meet(bob_);
  EXPECT_EQ(bob_.send(alice_, "remember").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(remove("P1").failure().exit_code(), 1U);
  EXPECT_TRUE(remove("P1", true).has_contact());
  EXPECT_EQ(alice_.send(bob_, "gone").failure().exit_code(), 1U);
  meet(bob_);
  EXPECT_EQ(bob_.send(alice_, "from the beginning").state(), MESSAGE_STATE_RELAY);
}

TEST_F(Requests, NothingOfABlockedContactIsShownAndNothingTellsThem) {
  meet(bob_);
  ASSERT_TRUE(block("P1").contact().blocked());
  pass(seconds{30});
  EXPECT_EQ(bob_.send(alice_, "hear me").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_.times_read("hear me"), 0);
  EXPECT_EQ(alice_.send(bob_, "no").failure().exit_code(), 1U);
  EXPECT_FALSE(unblock("P1").contact().blocked());
  EXPECT_EQ(bob_.send(alice_, "thanks").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_.times_read("thanks"), 1);
  EXPECT_EQ(alice_.times_read("hear me"), 0) << "what was dropped stays dropped";
}

TEST_F(Requests, ABlockChangesTheWriteKeyAndTheOldOneEndsAMonthLater) {
  meet(bob_);
  const auto keys = [this] { return alice_.server_view("write_keys").size(); };
  const auto before = keys();
  ASSERT_TRUE(block("P1").has_contact());
  EXPECT_EQ(keys(), before + 1);
  alice_.go_offline();
  bob_.go_offline();
  carol_.go_offline();
  relay_.die(RelayParty::Death::killed);
  pass(days{31});
  relay_.start();
  alice_.come_online();
  bob_.come_online();
  pass(seconds{30});
  EXPECT_EQ(bob_.send(alice_, "still here").failure().exit_code(), 3U);
}

TEST_F(Requests, WithStopNowTheRelayRefusesABlockedContactAtOnce) {
  meet(bob_);
  ASSERT_TRUE(block("P1", true).has_contact());
  pass(seconds{10});
  EXPECT_EQ(bob_.send(alice_, "hear me").failure().exit_code(), 3U);
}

TEST_F(Requests, ContactsWriteWithTheNewKeyOnceTheyHaveHeardOfIt) {
  meet(bob_);
  meet(carol_);
  ASSERT_TRUE(block("P1").has_contact());
  EXPECT_EQ(alice_.send(carol_, "a word").state(), MESSAGE_STATE_RELAY);
  ASSERT_TRUE(block("P1", true).has_contact());
  pass(seconds{10});
  EXPECT_EQ(carol_.send(alice_, "with the new key").state(), MESSAGE_STATE_RELAY);
}

TEST_F(Requests, AContactWhoseKeyHasEndedKnocksAndIsAnswered) {
  meet(bob_);
  meet(carol_);
  ASSERT_TRUE(block("P1", true).has_contact());
  pass(seconds{10});
  const auto refused = carol_.send(alice_, "what waits", true);
  EXPECT_NE(refused.state(), MESSAGE_STATE_RELAY);
  pass(minutes{2});
  EXPECT_EQ(alice_.times_read("what waits"), 1);
  EXPECT_EQ(carol_.send(alice_, "as before").state(), MESSAGE_STATE_RELAY);
}

// To the one who is blocked this looks as if nobody was there.
TEST_F(Requests, ABlockedContactKnocksAndHearsNothing) {
  meet(bob_);
  ASSERT_TRUE(block("P1", true).has_contact());
  pass(seconds{10});
  const auto told = bob_.send(alice_, "hear me");
  EXPECT_EQ(told.state(), MESSAGE_STATE_UNCONFIRMED);
  EXPECT_EQ(told.failure().exit_code(), 3U) << "nobody has refused it for good";
  pass(minutes{2});
  EXPECT_TRUE(alice_.server_view("cells").empty()) << "the knock was read and acknowledged";
  bob_.go_offline();
  bob_.come_online();
  pass(hours{25});
  const auto refused = bob_.send(alice_, "hear me");
  EXPECT_EQ(refused.state(), MESSAGE_STATE_FAILED);
  EXPECT_EQ(refused.failure().exit_code(), 6U);
  EXPECT_EQ(alice_.times_read("hear me"), 0);
}

TEST_F(Requests, WhatIsKeptForTheNewKeyGoesWhenItsWriterIsUnblocked) {
  meet(bob_);
  ASSERT_TRUE(block("P1", true).has_contact());
  pass(seconds{10});
  EXPECT_EQ(bob_.send(alice_, "hear me").state(), MESSAGE_STATE_UNCONFIRMED);
  ASSERT_TRUE(unblock("P1").has_contact());
  pass(minutes{2});
  EXPECT_EQ(alice_.times_read("hear me"), 1);
}

// By itself it goes no more.
TEST_F(Requests, WhatWasRefusedIsTriedAgainUnderItsKeyAndThenOnce) {
  meet(bob_);
  ASSERT_TRUE(block("P1", true).has_contact());
  pass(seconds{10});
  ApiRequest request;
  request.mutable_send()->add_recipients(alice_.name());
  request.mutable_send()->set_text("hear me");
  request.mutable_send()->set_idempotency_key("key");
  const auto first = bob_.ask(request).sent().recipients(0);
  pass(hours{25});
  ASSERT_TRUE(unblock("P1").has_contact());
  pass(minutes{2});
  EXPECT_EQ(alice_.times_read("hear me"), 0);
  for (int again = 0; again < 2; ++again) {
    const auto sent = bob_.ask(request).sent().recipients(0);
    EXPECT_EQ(sent.state(), MESSAGE_STATE_RELAY);
    EXPECT_EQ(sent.id(), first.id());
  }
  EXPECT_EQ(alice_.times_read("hear me"), 1);
}

// The sessions are still there on both sides: what the other one writes is not lost.
TEST_F(Requests, WhoeverWasDeletedAndAddedAgainIsHeard) {
  meet(bob_);
  EXPECT_EQ(alice_.send(bob_, "before").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_.send(alice_, "before too").state(), MESSAGE_STATE_RELAY);
  ASSERT_TRUE(remove("P1", true).has_contact());
  alice_.add(bob_.invite());
  pass(seconds{10});
  EXPECT_EQ(bob_.send(alice_, "can you hear me?").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_.times_read("can you hear me?"), 1);
  EXPECT_EQ(alice_.send(bob_, "yes").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(bob_.times_read("yes"), 1);
}

TEST_F(Requests, WhoeverWasDeletedAndWritesAgainIsAStranger) {
  meet(bob_);
  EXPECT_EQ(bob_.send(alice_, "before").state(), MESSAGE_STATE_RELAY);
  ASSERT_TRUE(remove("P1", true).has_contact());
  EXPECT_FALSE(requests().has_contact());
  EXPECT_EQ(bob_.send(alice_, "it is me").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_.times_read("it is me"), 0);
  const auto request = requests();
  EXPECT_EQ(request.contact().first_text(), "it is me");
  EXPECT_EQ(request.contact().messages(), 1U);
  ASSERT_TRUE(accept("P1").has_contact());
  EXPECT_EQ(alice_.times_read("it is me"), 1);
}

TEST_F(FromAStranger, WhoseLinkIsAddedIsAcceptedByThat) {
  alice_.add(bob_.invite());
  pass(seconds{10});
  EXPECT_EQ(alice_.times_read("let me in"), 1);
  EXPECT_EQ(alice_.send(bob_, "welcome").state(), MESSAGE_STATE_RELAY);
}

TEST_F(Requests, ANewLinkLetsSomebodyInWhoseKeyHasEnded) {
  meet(bob_);
  meet(carol_);
  alice_.go_offline();
  carol_.go_offline();
  alice_.come_online();
  ASSERT_TRUE(block("P1", true).has_contact());
  const auto link = alice_.invite();
  alice_.go_offline();
  carol_.come_online();
  pass(seconds{10});
  EXPECT_NE(carol_.send(alice_, "refused", true).state(), MESSAGE_STATE_RELAY);
  carol_.add(link);
  pass(seconds{10});
  EXPECT_EQ(carol_.send(alice_, "by the link").state(), MESSAGE_STATE_RELAY);
  alice_.come_online();
  pass(minutes{1});
  EXPECT_EQ(alice_.times_read("refused"), 1);
  EXPECT_EQ(alice_.times_read("by the link"), 1);
}

TEST_F(Requests, AnOldLinkOfAContactTakesNothingAway) {
  const auto link = alice_.invite(seconds{60});
  bob_.add(link);
  pass(minutes{2});
  EXPECT_EQ(alice_.send(bob_, "hello").state(), MESSAGE_STATE_RELAY);
  bob_.add(link);
  EXPECT_EQ(bob_.send(alice_, "as before").state(), MESSAGE_STATE_RELAY);
}

// A pause of somebody who may not be written to any more wakes nobody: the test would not end.
TEST_F(Requests, ABlockDuringAPauseWakesNobody) {
  meet(bob_);
  meet(carol_);
  ASSERT_TRUE(block("P1", true).has_contact());
  alice_.go_offline();
  pass(seconds{10});
  EXPECT_NE(carol_.send(alice_, "refused", true).state(), MESSAGE_STATE_RELAY);
  ApiRequest request;
  request.mutable_block()->set_name("P0");
  ASSERT_TRUE(carol_.ask(request).contact().blocked());
  pass(hours{25});
  EXPECT_TRUE(carol_.client().idle());
}

class WithoutRoomForKeys : public Requests {
 protected:
  static server::Limits limits() {
    server::Limits limits;
    limits.write_keys_per_queue = 2;
    return limits;
  }
  WithoutRoomForKeys() : Requests{limits()} {}
};

TEST_F(WithoutRoomForKeys, ABlockThatTheRelayCannotFollowYetKeepsNobodyBusy) {
  meet(bob_);
  ASSERT_TRUE(block("P1").contact().blocked());
  pass(seconds{10});
  EXPECT_TRUE(alice_.client().idle());
  EXPECT_EQ(bob_.send(alice_, "hear me").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_.times_read("hear me"), 0);
}

TEST_F(Requests, ABlockAtOnceEndsWhenTheRelayHasHeardOfIt) {
  meet(bob_);
  EXPECT_TRUE(block(bob_.name(), true).has_contact());
  const auto knows = [&] {
    const auto keys = alice_.server_view("write_keys");
    return keys.size();
  };
  EXPECT_EQ(knows(), 2U) << "that of the link and the new one; the old one has ended";
}

TEST_F(Requests, ABlockAtOnceDoesNotSayThatItIsDoneWhereTheRelayIsAway) {
  meet(bob_);
  alice_.go_offline();
  relay_.die(RelayParty::Death::killed);
  alice_.client().start();
  ApiRequest request;
  request.mutable_block()->set_name(bob_.name());
  request.mutable_block()->set_now(true);
  const auto told = alice_.ask(request);
  EXPECT_EQ(told.failure().exit_code(), 3U);
  alice_.go_offline();
  relay_.start();
  alice_.come_online();
  pass(minutes{2});
  EXPECT_EQ(alice_.server_view("write_keys").size(), 2U) << "done at the next connection";
}

}  // namespace
}  // namespace bisik::simulation
