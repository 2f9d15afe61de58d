// What a person sees when a relay shows lists that do not agree, holds a newer one back, or never
// keeps its word (I13, I9).
#include <gmock/gmock.h>

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

class SplitView : public testing::Test {
 protected:
  SplitView() {
    relay_.attach(network_);
    for (auto* member : {&alice_, &bob_}) {
      EXPECT_TRUE(member->join(proto::format_link(
          {.relay = honest_.address(), .invite = honest_.make_invite(1), .contact = {}})));
    }
    link_ = alice_.invite(days{31});
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }

  void sleep(Duration time) {
    for (auto* member : {&alice_, &bob_}) member->go_offline();
    honest_.die(RelayParty::Death::killed);
    pass(time);
    honest_.start();
    for (auto* member : {&alice_, &bob_}) member->come_online();
    pass(minutes{2});
  }

  void meet() {
    bob_.add(link_);
    pass(seconds{10});
  }

  static std::string notice_below_devices(Member& member) {
    ApiRequest request;
    request.mutable_devices();
    const auto command = member.client().next_command();
    static_cast<void>(member.ask(request));
    for (const auto& reply : member.replies(command)) {
      if (reply.has_notice()) return reply.notice().sentence();
    }
    return {};
  }

  // What a new device shows.
  std::string code_of(Member& fresh) {
    ApiRequest request;
    request.mutable_link()->set_relay(proto::format_address(honest_.address()));
    return fresh.ask_first(request).made_link().link();
  }

  proto::pb::ApiReply approve(const std::string& code) {
    ApiRequest request;
    request.mutable_approve()->set_code(code);
    return alice_.ask(request);
  }

  static std::string digits_of(const Member& fresh, client::CommandId linking) {
    for (const auto& reply : fresh.replies(linking)) {
      if (reply.has_link_digits()) return reply.link_digits().digits();
    }
    return {};
  }

  proto::pb::Trust trust(Member& of, Member& in) {
    ApiRequest request;
    request.mutable_verify()->set_name(in.name());
    return of.ask(request).safety_number().trust();
  }

  void trust_anew(Member& of, Member& in) {
    ApiRequest request;
    request.mutable_verify()->set_name(in.name());
    request.mutable_verify()->set_action(proto::pb::VerifyCommand::ACTION_TRUST);
    static_cast<void>(of.ask(request));
  }

  World world_{1};
  RelayParty honest_{world_, Defect::none, {}};
  MaliciousRelay relay_{world_, honest_,
                        [this](const std::string& account) { return stolen(account); },
                        Defect::none};
  Network network_{world_, relay_};
  Member alice_{world_, network_, 0};
  Member bob_{world_, network_, 1};
  std::string link_;

 private:
  const client::Identity* stolen(const std::string& account) {
    for (auto* member : {&alice_, &bob_}) {
      const auto profile = member->client().rows().get(client::RowKind::profile, {});
      stolen_.emplace(client::Identity::read(*profile));
      if (client::to_string(stolen_->id().bytes) == account) break;
    }
    return &*stolen_;
  }
  std::optional<client::Identity> stolen_;
};

TEST_F(SplitView, IsSeenByTheOneWhoseListItIsWithTheNextMessage) {
  relay_.meddle(Meddling::only(Trick::stolen_account, 1));
  meet();
  ASSERT_GT(relay_.played(Trick::stolen_account), 0U);
  EXPECT_EQ(trust(alice_, bob_), proto::pb::TRUST_CHANGED);
  EXPECT_THAT(alice_.notices(), testing::Contains(testing::HasSubstr("that you have not made")));
  EXPECT_EQ(alice_.send(bob_, "held").failure().exit_code(), 4U);
}

TEST_F(SplitView, IsSeenByTheOtherOneWhenTheTrueListIsShown) {
  relay_.meddle(Meddling::only(Trick::stolen_account, 1));
  meet();
  relay_.meddle({});
  sleep(days{8});  // Alice signs a list of the same number
  trust_anew(alice_, bob_);
  static_cast<void>(alice_.send(bob_, "this is my list"));
  EXPECT_EQ(trust(bob_, alice_), proto::pb::TRUST_CHANGED);
  EXPECT_THAT(bob_.notices(), testing::Contains(testing::HasSubstr("two different lists")));
  trust_anew(bob_, alice_);
  pass(seconds{10});
  EXPECT_EQ(bob_.send(alice_, "as before").state(), MESSAGE_STATE_RELAY);
  EXPECT_EQ(alice_.times_read("as before"), 1);
}

TEST_F(SplitView, OfTheOwnAccountIsShownWithTheDevicesAndSettledByThePerson) {
  relay_.meddle(Meddling::only(Trick::stolen_account, 1));
  meet();
  EXPECT_THAT(notice_below_devices(alice_), testing::HasSubstr("'bisik devices accept'"));
  relay_.meddle({});
  ApiRequest request;
  request.mutable_accept_devices();
  EXPECT_TRUE(alice_.ask(request).has_done());
  EXPECT_EQ(notice_below_devices(alice_), "");
}

// Whoever has the account's key could let the relay forget it for as long as that takes.
TEST_F(SplitView, OfTheOwnAccountKeepsDevicesOutAlsoOnceItIsHiddenAgain) {
  relay_.meddle(Meddling::only(Trick::stolen_account, 1));
  meet();
  EXPECT_NE(notice_below_devices(alice_), "");
  relay_.meddle({});
  EXPECT_EQ(notice_below_devices(alice_), "") << "the relay shows a right list";
  Member fresh{world_, network_, 2};
  const auto refused = approve(code_of(fresh));
  EXPECT_EQ(refused.failure().exit_code(), 4U);
  EXPECT_THAT(refused.failure().sentence(), testing::HasSubstr("'bisik devices accept'"));
  ApiRequest removal;
  removal.mutable_remove_device()->set_number(2);
  EXPECT_EQ(alice_.ask(removal).failure().exit_code(), 4U);
  ApiRequest request;
  request.mutable_accept_devices();
  EXPECT_TRUE(alice_.ask(request).has_done());
  EXPECT_TRUE(approve(code_of(fresh)).has_digits_wanted());
}

TEST_F(SplitView, OfTheOwnAccountEndsALinkingThatHasBegun) {
  meet();
  Member fresh{world_, network_, 2};
  const auto code = code_of(fresh);
  const auto linking = fresh.client().next_command() - 1;
  const auto approval = alice_.client().next_command();
  EXPECT_TRUE(approve(code).has_digits_wanted());
  relay_.meddle(Meddling::only(Trick::stolen_account, 1));
  EXPECT_NE(notice_below_devices(alice_), "");
  relay_.meddle({});
  ApiRequest request;
  request.mutable_confirm_digits()->set_digits(digits_of(fresh, linking));
  EXPECT_EQ(alice_.ask(request).failure().exit_code(), 4U);
  pass(seconds{10});
  EXPECT_EQ(alice_.replies(approval).back().failure().exit_code(), 4U);
  EXPECT_EQ(fresh.replies(linking).back().failure().exit_code(), 6U);
}

TEST_F(SplitView, AListThatIsHeldBackHoldsBackWhatIsWritten) {
  meet();
  relay_.meddle(Meddling::only(Trick::split_view, 1));
  sleep(days{8});
  ASSERT_EQ(alice_.send(bob_, "I have a new list").state(), MESSAGE_STATE_RELAY);
  const auto told = bob_.send(alice_, "and I cannot see it");
  EXPECT_EQ(told.failure().exit_code(), 4U);
  EXPECT_THAT(told.failure().sentence(), testing::HasSubstr("holds newer ones back"));
  static_cast<void>(bob_.send(alice_, "later", true));
  EXPECT_EQ(alice_.times_read("later"), 0);
  EXPECT_EQ(trust(bob_, alice_), proto::pb::TRUST_UNVERIFIED) << "nobody has signed two lists";
  relay_.meddle({});
  pass(hours{2});
  EXPECT_EQ(alice_.times_read("later"), 1);
}

// The newer of two announcements comes first, and lists older than it are shown.
TEST_F(SplitView, AnOlderAnnouncementTakesNothingBack) {
  meet();
  sleep(days{8});
  bob_.go_offline();
  ASSERT_EQ(alice_.send(bob_, "two").state(), MESSAGE_STATE_RELAY);
  alice_.go_offline();
  pass(days{8});
  alice_.come_online();
  pass(minutes{2});
  ASSERT_EQ(alice_.send(bob_, "three").state(), MESSAGE_STATE_RELAY);
  relay_.meddle(Meddling::only(Trick::reorder, 1).with(Trick::old_list, 1));
  // One draw on, the delays are such that the newer one comes first, which is looked at below.
  static_cast<void>(world_.below(2));
  bob_.come_online();
  pass(minutes{2});
  ASSERT_EQ(bob_.read(), (std::vector<std::string>{"three"})) << "the other one waits for the list";
  for (int hour = 0; hour < 8; ++hour) {
    EXPECT_EQ(bob_.send(alice_, "not to an old list").failure().exit_code(), 4U);
    pass(hours{1});
  }
  EXPECT_EQ(bob_.times_read("two"), 0);
  relay_.meddle({});
  pass(hours{2});
  EXPECT_EQ(bob_.read(), (std::vector<std::string>{"three", "two"}));
}

TEST_F(SplitView, ARelayThatAsksForCenturiesIsAskedAgain) {
  meet();
  relay_.meddle(Meddling::only(Trick::deny, 1));
  static_cast<void>(bob_.send(alice_, "patience", true));
  pass(minutes{1});
  relay_.meddle({});
  pass(hours{2});
  EXPECT_EQ(alice_.times_read("patience"), 1);
}

// It says that a cell waits which never comes.
TEST_F(SplitView, WhoeverReadsOnceIsNotKeptForEver) {
  meet();
  alice_.go_offline();
  relay_.meddle(Meddling::only(Trick::waiting_count, 1));
  alice_.client().start();
  ApiRequest request;
  request.mutable_receive()->set_timeout_ms(1'000);
  const auto command = alice_.client().next_command();
  static_cast<void>(alice_.ask(request));
  EXPECT_GT(relay_.played(Trick::waiting_count), 0U);
  pass(minutes{1});
  EXPECT_TRUE(alice_.is_over(command));
}

}  // namespace
}  // namespace bisik::simulation
