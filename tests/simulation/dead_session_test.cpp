// Sessions that never came to be at their other end: a relay has handed a one-time key out twice,
// or its owner has lost it. Nobody can answer in such a session, and yet what was sent in it
// arrives, once (I2, I9).
#include <gtest/gtest.h>

#include "tests/simulation/malicious_relay.hpp"
#include "tests/simulation/member.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::MESSAGE_STATE_RELAY;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class DeadSession : public testing::Test {
 protected:
  DeadSession() {
    relay_.attach(network_);
    for (auto* member : {&alice_, &bob_, &carol_}) {
      EXPECT_TRUE(member->join(proto::format_link(
          {.relay = honest_.address(), .invite = honest_.make_invite(1), .contact = {}})));
    }
    link_ = alice_.invite(days{31});
    bob_.add(link_);  // takes the key that is handed out again later
    pass(seconds{10});
    say(bob_, alice_, "hello Alice");
    say(alice_, bob_, "hello Bob");
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }

  // Everything is switched off, also the relay.
  void sleep(Duration time) {
    for (auto* member : {&alice_, &bob_, &carol_}) member->go_offline();
    honest_.die(RelayParty::Death::killed);
    pass(time);
    honest_.start();
    for (auto* member : {&alice_, &bob_, &carol_}) member->come_online();
    pass(minutes{2});
  }

  static void say(Member& from, const Member& to, const std::string& text) {
    EXPECT_EQ(from.send(to, text).state(), MESSAGE_STATE_RELAY) << text;
  }

  // Of Alice's keys, to whoever asks now.
  void hand_out_used_keys() { relay_.meddle(Meddling::only(Trick::used_key, 1)); }
  void behave() {
    EXPECT_GT(relay_.played(Trick::used_key), 0U);
    relay_.meddle({});
  }

  // In a session that she cannot have.
  void begin_anew(Member& from, const Member& with) {
    ApiRequest request;
    request.mutable_repair()->set_name(with.name());
    EXPECT_TRUE(from.ask(request).has_contact());
  }

  void expect_a_whole_conversation(Member& one, Member& other) {
    say(one, other, "do you read me?");
    say(other, one, "loud and clear");
    say(one, other, "good");
    pass(seconds{30});
    EXPECT_EQ(other.times_read("do you read me?"), 1);
    EXPECT_EQ(one.times_read("loud and clear"), 1);
    EXPECT_EQ(other.times_read("good"), 1);
  }

  World world_{1};
  RelayParty honest_{world_, Defect::none, {}};
  MaliciousRelay relay_{world_, honest_, [](const std::string&) { return nullptr; }, Defect::none};
  Network network_{world_, relay_};
  Member alice_{world_, network_, 0};
  Member bob_{world_, network_, 1};
  Member carol_{world_, network_, 2};
  std::string link_;
};

TEST_F(DeadSession, AContactWhoCannotReadItSaysSoAndWhatWasSentComesAgain) {
  hand_out_used_keys();
  begin_anew(bob_, alice_);
  behave();
  say(bob_, alice_, "one");
  say(bob_, alice_, "two");
  pass(minutes{1});
  EXPECT_EQ(alice_.times_read("one"), 1);
  EXPECT_EQ(alice_.times_read("two"), 1);
  expect_a_whole_conversation(bob_, alice_);
}

TEST_F(DeadSession, WhoeverWasAwayHearsOfItInTime) {
  hand_out_used_keys();
  begin_anew(bob_, alice_);
  behave();
  alice_.go_offline();
  say(bob_, alice_, "one");
  bob_.go_offline();
  pass(hours{20});
  alice_.come_online();
  pass(minutes{1});
  say(alice_, bob_, "and I wrote meanwhile");
  bob_.come_online();
  pass(minutes{1});
  EXPECT_EQ(alice_.times_read("one"), 1);
  EXPECT_EQ(bob_.times_read("and I wrote meanwhile"), 1);
  expect_a_whole_conversation(alice_, bob_);
}

// Nobody tells a stranger anything.
TEST_F(DeadSession, AStrangerStartsAnotherAfterAWeekAndWhatWasSentComesAgain) {
  hand_out_used_keys();
  carol_.add(link_);
  pass(seconds{10});
  behave();
  say(carol_, alice_, "one");
  pass(minutes{1});
  EXPECT_EQ(alice_.times_read("one"), 0);
  sleep(days{4});
  say(carol_, alice_, "two");
  pass(minutes{1});
  EXPECT_EQ(alice_.times_read("two"), 0) << "it may still be answered";
  sleep(days{4});
  say(carol_, alice_, "three");
  pass(minutes{1});
  for (const auto* text : {"one", "two", "three"}) EXPECT_EQ(alice_.times_read(text), 1) << text;
  expect_a_whole_conversation(carol_, alice_);
}

// He has keys of today then, and none of those that he would have needed to hear it the first time.
TEST_F(DeadSession, ThatSessionsWereGivenUpIsSaidAgainInTheOneThatReplacesAnUnansweredOne) {
  bob_.go_offline();
  begin_anew(alice_, bob_);
  pass(seconds{10});
  sleep(days{36});
  pass(hours{2});
  say(alice_, bob_, "are you there again?");
  pass(minutes{1});
  EXPECT_EQ(bob_.times_read("are you there again?"), 1);
  say(bob_, alice_, "I am");
  pass(minutes{1});
  EXPECT_EQ(alice_.times_read("I am"), 1);
  expect_a_whole_conversation(bob_, alice_);
}

// Bob answers in a session just when Alice gives it up, and hears of it afterwards: he archives it,
// and forgets it when nothing has come in it for a month.
TEST_F(DeadSession, WhoHasSaidThatASessionIsGivenUpDoesNotGoBackToIt) {
  alice_.tell_nothing_to(bob_);
  bob_.tell_nothing_to(alice_);
  pass(minutes{1});
  begin_anew(alice_, bob_);
  pass(minutes{1});  // he has read it, and has nothing to say
  alice_.go_offline();
  bob_.go_offline();
  pass(days{8});
  bob_.client().start();
  say(bob_, alice_, "at last");
  bob_.go_offline();
  alice_.client().start();
  say(alice_, bob_, "given up");
  alice_.listen();
  pass(minutes{1});
  EXPECT_EQ(alice_.times_read("at last"), 1);
  bob_.come_online();
  pass(minutes{1});
  EXPECT_EQ(bob_.times_read("given up"), 1);
  for (auto week = 0; week < 6; ++week) sleep(days{8});
  say(alice_, bob_, "where do you read me?");
  pass(minutes{1});
  EXPECT_EQ(bob_.times_read("where do you read me?"), 1);
}

// It lives, and is only not answered: what comes again is not shown again.
TEST_F(DeadSession, WhoeverDoesNotAnswerReadsEverythingOnce) {
  alice_.go_offline();
  bob_.go_offline();  // he has no part in it, and weeks of pings cost time
  carol_.add(link_);
  say(carol_, alice_, "one");
  for (auto week = 0; week < 3; ++week) {
    carol_.go_offline();
    pass(days{8});
    carol_.come_online();
    pass(seconds{30});
    say(carol_, alice_, "week " + std::to_string(week));
  }
  alice_.come_online();
  pass(minutes{2});
  for (const auto* text : {"one", "week 0", "week 1", "week 2"}) {
    EXPECT_EQ(alice_.times_read(text), 1) << text;
  }
  expect_a_whole_conversation(alice_, carol_);
}

}  // namespace
}  // namespace bisik::simulation
