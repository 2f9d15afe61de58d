// An account holds for years: keys are renewed, refilled and wiped without anybody being lost, and
// a first message that was made with keys of yesterday still arrives, once (I2, I9).
#include <gtest/gtest.h>

#include "tests/simulation/member.hpp"
#include "tests/simulation/relay_party.hpp"

namespace bisik::simulation {
namespace {

using proto::pb::ApiRequest;
using proto::pb::MESSAGE_STATE_RELAY;
using proto::pb::MESSAGE_STATE_WAITING;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kMailboxCells = 30;

class KeyLife : public testing::Test {
 protected:
  KeyLife() {
    relay_.attach(network_);
    alice_ = &newcomer();
    bob_ = &newcomer();
    meet(*alice_, *bob_);
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }

  // Everything is switched off, also the relay, and `these` come back.
  void sleep(Duration time, const std::vector<Member*>& these) {
    for (auto& member : members_) member->go_offline();
    relay_.die(RelayParty::Death::killed);
    pass(time);
    relay_.start();
    for (auto* member : these) member->come_online();
    pass(minutes{2});
  }

  void put_back(Member& member, const storage::DiskImage& copy) {
    member.go_offline();
    member.client().restore(copy);
    pass(seconds{2});  // a bundle's sequence counts them
    member.come_online();
  }

  Member& newcomer() {
    auto& member =
        *members_.emplace_back(std::make_unique<Member>(world_, network_, members_.size()));
    EXPECT_TRUE(member.join(proto::format_link(
        {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
    return member;
  }

  void meet(Member& one, Member& other) {
    other.add(one.invite());
    pass(seconds{10});
  }

  void fill_mailbox_of_alice() {
    alice_->go_offline();
    for (std::size_t i = 0; i < kMailboxCells; ++i) {
      ASSERT_EQ(bob_->send(*alice_, "fills " + std::to_string(i)).state(), MESSAGE_STATE_RELAY);
    }
  }

  void expect_arrives(Member& from, Member& to, const std::string& text) {
    EXPECT_EQ(from.send(to, text).state(), MESSAGE_STATE_RELAY) << text;
    EXPECT_EQ(to.times_read(text), 1) << text;
  }

  static server::Limits limits() {
    server::Limits limits;
    limits.mailbox_cells = kMailboxCells;
    return limits;
  }

  World world_{1};
  RelayParty relay_{world_, Defect::none, limits()};
  Network network_{world_, relay_};
  std::vector<std::unique_ptr<Member>> members_;
  Member* alice_ = nullptr;
  Member* bob_ = nullptr;
};

TEST_F(KeyLife, AYearKeepsEverybodyInTouch) {
  for (int round = 1; round <= 120; ++round) {
    sleep(days{3}, {alice_, bob_});
    expect_arrives(*alice_, *bob_, "to Bob, " + std::to_string(round));
    expect_arrives(*bob_, *alice_, "to Alice, " + std::to_string(round));
    if (round % 20 != 0) continue;
    auto& stranger = newcomer();
    meet(*alice_, stranger);
    expect_arrives(stranger, *alice_, "from somebody new, " + std::to_string(round));
    expect_arrives(*alice_, stranger, "to somebody new, " + std::to_string(round));
  }
  // Renewed every 6 1/2 to 7 1/2 days, by somebody who comes every third.
  const auto lists = alice_->server_view("device_lists");
  ASSERT_FALSE(lists.empty());
  EXPECT_GE(std::stoi(lists.back().at("sequence")), 38);
}

// The first relay has refused: its account is given up for one at another, with keys of its own.
TEST_F(KeyLife, WhoJoinsASecondTimeKeepsNoKeysOfTheFirst) {
  auto& carol = *members_.emplace_back(std::make_unique<Member>(world_, network_, members_.size()));
  auto elsewhere = relay_.address();
  elsewhere.host = "other.example";
  const auto unknown = crypto::Capability::parse(crypto::Bytes(crypto::Capability::kSize)).value();
  EXPECT_FALSE(
      carol.join(proto::format_link({.relay = elsewhere, .invite = unknown, .contact = {}})));
  EXPECT_TRUE(carol.join(proto::format_link(
      {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
  EXPECT_EQ(carol.client().rows().all(client::RowKind::one_time_key).size(),
            crypto::kOneTimeKeyBatch + crypto::kPqOneTimeKeyBatch);
}

TEST_F(KeyLife, WhoeverWasAwayForMonthsIsReachableAgain) {
  sleep(days{100}, {alice_, bob_});
  expect_arrives(*alice_, *bob_, "after a hundred days");
  expect_arrives(*bob_, *alice_, "welcome back");
  auto& carol = newcomer();
  meet(*alice_, carol);
  expect_arrives(carol, *alice_, "and somebody new");
}

// The copy ran for so short that its relay's epoch shows nothing of it.
TEST_F(KeyLife, WhereAnOlderCopyHasPublishedOtherKeysOursAreHandedOutAgain) {
  const auto older = alice_->client().snapshot();
  sleep(days{8}, {alice_, bob_});
  const auto newest = alice_->client().snapshot();
  ApiRequest request;
  request.mutable_who_am_i();
  const auto account = alice_->ask(request).who_am_i().account();
  const auto ours = relay_.bundle(account, 1);
  put_back(*alice_, older);
  for (int i = 0; i < 1000 && relay_.bundle(account, 1) == ours; ++i) pass(Duration{1});
  ASSERT_NE(relay_.bundle(account, 1), ours);
  put_back(*alice_, newest);
  pass(minutes{2});
  auto& carol = newcomer();
  meet(*alice_, carol);
  expect_arrives(carol, *alice_, "with the keys of today");
}

// The keys that it was made with may be wiped by the time somebody takes it.
TEST_F(KeyLife, AFirstMessageThatNobodyTookForDaysIsMadeAnew) {
  const auto link = alice_->invite();
  const auto handed_out = [this] {
    return std::stoi(alice_->server_view("one_time_keys").at(0).at("next"));
  };
  const auto before = handed_out();
  fill_mailbox_of_alice();
  auto& carol = newcomer();
  carol.add(link);
  ASSERT_EQ(carol.send(*alice_, "from the outbox", true).state(), MESSAGE_STATE_WAITING);
  sleep(days{2}, {alice_});
  ASSERT_EQ(handed_out(), before + 1);
  sleep(days{1}, {alice_, &carol});
  EXPECT_EQ(handed_out(), before + 2) << "a bundle of today";
  EXPECT_EQ(alice_->times_read("from the outbox"), 1);
  expect_arrives(*alice_, carol, "answered");
  expect_arrives(carol, *alice_, "and again");
}

TEST_F(KeyLife, ANewLinkServesAtOnceWhereTheOldOneHasExpired) {
  const auto link = alice_->invite();
  auto& carol = newcomer();
  sleep(days{8}, {alice_, &carol});
  carol.add(link);
  EXPECT_EQ(carol.send(*alice_, "too late").failure().exit_code(), 6U);
  carol.add(alice_->invite());
  expect_arrives(carol, *alice_, "in time");
}

// Sometimes the relay had taken it, and the sender died before she heard of that.
TEST_F(KeyLife, AFirstMessageThatIsMadeAnewAlthoughItHasArrivedIsReadOnce) {
  const auto link = alice_->invite();
  alice_->go_offline();
  std::vector<Member*> senders;
  for (int round = 1; round <= 14; ++round) {
    auto& sender = *senders.emplace_back(&newcomer());
    sender.add(link);
    proto::pb::ApiRequest request;
    request.mutable_send()->add_recipients(alice_->name());
    request.mutable_send()->set_text("from " + sender.name());
    request.mutable_send()->set_queue(true);
    sender.client().command(request);
    pass(Duration{5 * round});
    sender.go_offline();
  }
  sleep(days{2}, senders);
  alice_->come_online();
  pass(minutes{5});
  for (auto* sender : senders) {
    EXPECT_EQ(alice_->times_read("from " + sender->name()), 1) << sender->name();
    expect_arrives(*alice_, *sender, "to " + sender->name());
    expect_arrives(*sender, *alice_, "again from " + sender->name());
  }
}

TEST_F(KeyLife, KeysThatAreTooOldAreToldAndWhatIsQueuedWaitsForNewOnes) {
  sleep(days{8}, {alice_});
  sleep(days{6}, {alice_});
  const auto link = alice_->invite(days{31});
  auto& carol = newcomer();
  sleep(days{26}, {&carol});  // her bundle is of six days before
  carol.add(link);
  EXPECT_EQ(carol.send(*alice_, "now").failure().exit_code(), 4U);
  EXPECT_EQ(carol.send(*alice_, "later", true).state(), MESSAGE_STATE_WAITING);
  pass(minutes{1});
  EXPECT_TRUE(carol.client().idle()) << "a command that queues ends, although the text waits";
  alice_->come_online();
  pass(hours{2});
  EXPECT_EQ(alice_->times_read("later"), 1);
  EXPECT_EQ(alice_->times_read("now"), 0);
}

TEST_F(KeyLife, OneTimeKeysAreRefilledBeforeTheyAreUsedUp) {
  const auto link = alice_->invite();
  for (int i = 0; i < 90; ++i) {
    auto& stranger = newcomer();
    stranger.add(link);
    expect_arrives(stranger, *alice_, "from " + stranger.name());
    stranger.go_offline();
  }
  pass(hours{3});
  for (const auto& row : alice_->server_view("one_time_keys")) {
    EXPECT_LT(std::stoi(row.at("next")), 90) << "of kind " << row.at("kind");
  }
}

}  // namespace
}  // namespace bisik::simulation
