// Invariant I6 on the whole state of a client: whoever copies its folder, with what opens it, and
// has recorded every cell, opens nothing up to the message that was processed last, and after one
// round trip nothing new. What he does open is said here, test by test.
#include <gtest/gtest.h>

#include "tests/simulation/member.hpp"
#include "tests/simulation/thief.hpp"
#include "tests/simulation/wiretap.hpp"

namespace bisik::simulation {
namespace {

using crypto::Bytes;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::ptrdiff_t kNonceBytes = 24;
constexpr std::size_t kOneTimeKeys = 132;  // of both kinds, each in a row of its own
constexpr std::size_t kNewest = 2;         // cells that guesses are tried on; each costs a second

class StolenState : public testing::Test {
 protected:
  StolenState() {
    tap_.attach(network_);
    alice_ = &newcomer();
    bob_ = &newcomer();
  }

  Member& newcomer() {
    auto& member =
        *members_.emplace_back(std::make_unique<Member>(world_, network_, members_.size()));
    EXPECT_TRUE(member.join(proto::format_link(
        {.relay = relay_.address(), .invite = relay_.make_invite(1), .contact = {}})));
    return member;
  }

  void pass(Duration time) { world_.run_until(world_.now() + time); }
  // Everything is switched off, also the relay, and they come back.
  void sleep(Duration time) {
    for (auto& member : members_) member->go_offline();
    relay_.die(RelayParty::Death::killed);
    pass(time);
    relay_.start();
    for (auto& member : members_) member->come_online();
    pass(minutes{2});
  }

  [[nodiscard]] std::size_t recorded() const { return tap_.cells().size(); }
  [[nodiscard]] crypto::ByteView cell(std::size_t number) const {
    return crypto::as_bytes(tap_.cells().at(number));
  }

  // A text and all that follows from it. The number of its cell.
  std::size_t say(Member& from, Member& to, const std::string& text) {
    const auto number = recorded();
    EXPECT_EQ(from.send(to, text).state(), proto::pb::MESSAGE_STATE_RELAY) << text;
    pass(seconds{40});
    EXPECT_GT(recorded(), number);
    return number;
  }
  void deliver(Member& from, Member& to, const std::string& text) {
    say(from, to, text);
    EXPECT_EQ(to.times_read(text), 1) << text;
  }
  // The relay says that it has it, and has not.
  std::size_t lose(Member& from, Member& to, const std::string& text) {
    tap_.lose_cells(true);
    const auto number = say(from, to, text);
    tap_.lose_cells(false);
    EXPECT_EQ(to.times_read(text), 0) << text;
    return number;
  }

  [[nodiscard]] storage::DiskImage folder(Member& member) { return member.client().snapshot(); }
  [[nodiscard]] Thief thief(const storage::DiskImage& folder) const {
    return {folder, std::chrono::floor<seconds>(world_.now())};
  }
  [[nodiscard]] Thief thief_of(Member& member) { return thief(folder(member)); }

  // Which of the cells so far he opens, in whatever way.
  [[nodiscard]] std::vector<std::size_t> open_to(Thief& thief) const {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < recorded(); ++i) {
      const bool is_new = i + kNewest >= recorded();
      if (thief.opens(cell(i)) || (is_new && thief.guesses(cell(i)))) open.push_back(i);
    }
    return open;
  }
  void expect_closed_to(Member& member, std::string_view when) {
    auto thief = thief_of(member);
    EXPECT_EQ(open_to(thief), std::vector<std::size_t>{}) << member.name() << ", " << when;
  }

  // Of the sealed rows that hold keys, and of the day's key.
  [[nodiscard]] static std::vector<Bytes> nonces(const storage::DiskImage& folder) {
    storage::PowerCutVfs vfs{folder};
    storage::ClientStore store{"/profile.db", vfs.name()};
    std::vector<Bytes> nonces;
    for (const auto kind : storage::kKeyKinds) {
      for (const auto& row : store.scan({.kind = kind})) {
        nonces.emplace_back(row.value.begin(), row.value.begin() + kNonceBytes);
      }
    }
    return nonces;
  }
  [[nodiscard]] static std::size_t found(const std::vector<Bytes>& needles,
                                         const storage::DiskImage& folder) {
    const auto is_there = [&](const Bytes& needle) {
      return std::ranges::any_of(folder, [&](const auto& file) {
        const auto& bytes = file.second;
        return std::search(bytes.begin(), bytes.end(), needle.begin(), needle.end()) != bytes.end();
      });
    };
    return static_cast<std::size_t>(std::ranges::count_if(needles, is_there));
  }

  World world_{1};
  RelayParty relay_{world_, Defect::none, {}};
  Wiretap tap_{relay_};
  Network network_{world_, tap_};
  std::vector<std::unique_ptr<Member>> members_;
  Member* alice_ = nullptr;
  Member* bob_ = nullptr;
};

// First messages, both first chains, and chains with everything; the receiver and the sender.
TEST_F(StolenState, OpensNothingUpToTheMessageThatWasProcessedLast) {
  bob_->add(alice_->invite());
  pass(seconds{30});
  std::size_t opened_before = 0;
  std::size_t guessed_before = 0;
  const std::string script = "bbaabba";  // who writes
  for (std::size_t i = 0; i < script.size(); ++i) {
    auto& from = script[i] == 'a' ? *alice_ : *bob_;
    auto& to = script[i] == 'a' ? *bob_ : *alice_;
    auto before_reading = thief_of(to);
    auto before_writing = thief_of(from);
    const auto when = "text " + std::to_string(i);
    const auto number = say(from, to, when);
    ASSERT_EQ(to.times_read(when), 1);
    opened_before += before_reading.opens(cell(number)) ? 1U : 0U;
    guessed_before += before_writing.guesses(cell(number)) ? 1U : 0U;
    expect_closed_to(to, when);
    expect_closed_to(from, when);
  }
  // Each had been open to who came a moment earlier; those in a chain also to who guesses.
  EXPECT_EQ(opened_before, script.size());
  EXPECT_GE(guessed_before, 2U);
}

TEST_F(StolenState, AMessageKeyThatIsKeptAnywhereIsFound) {
  bob_->add(alice_->invite());
  say(*bob_, *alice_, "one");
  alice_->tell_nothing_to(*bob_);
  bob_->tell_nothing_to(*alice_);
  say(*alice_, *bob_, "two");
  say(*bob_, *alice_, "three");
  const auto before = thief_of(*alice_);
  const auto number = say(*bob_, *alice_, "four");
  auto after = thief_of(*alice_);
  ASSERT_FALSE(after.guesses(cell(number)));
  for (const auto& session : before.sessions()) after.add_row(dump(session));
  EXPECT_TRUE(after.guesses(cell(number)));
}

// A key that was skipped opens the message that it was kept for, and no other.
TEST_F(StolenState, WithSkippedKeysPendingOpensExactlyWhatIsMissing) {
  bob_->add(alice_->invite());
  deliver(*bob_, *alice_, "one");
  deliver(*alice_, *bob_, "two");
  deliver(*bob_, *alice_, "three");
  const auto lost = lose(*bob_, *alice_, "lost in the present chain");
  deliver(*bob_, *alice_, "four");
  auto thief = thief_of(*alice_);
  EXPECT_EQ(open_to(thief), std::vector<std::size_t>{lost});
  EXPECT_TRUE(thief.guesses(cell(lost)));

  const auto also_lost = lose(*bob_, *alice_, "lost at the end of a chain");
  deliver(*alice_, *bob_, "five");
  deliver(*bob_, *alice_, "six");
  thief = thief_of(*alice_);
  EXPECT_EQ(open_to(thief), (std::vector<std::size_t>{lost, also_lost}));

  sleep(days{31});
  deliver(*bob_, *alice_, "a month later");
  expect_closed_to(*alice_, "when the skipped keys have gone");
}

// The relay can see to it that a first message is made without one-time keys. Then the weekly ones
// are all that it was made for, and what opens it goes with them.
TEST_F(StolenState, OpensAFirstMessageWithoutOneTimeKeysUntilItsPrekeysAreWiped) {
  bob_->add(alice_->invite());
  deliver(*bob_, *alice_, "with one-time keys");
  expect_closed_to(*alice_, "since they are gone");
  auto& carol = newcomer();
  tap_.hide_one_time_keys(true);
  const auto first = recorded();
  carol.add(alice_->invite());
  tap_.hide_one_time_keys(false);
  EXPECT_TRUE(thief_of(*alice_).opens(cell(first)));
  const auto second = say(carol, *alice_, "to somebody who has answered");
  EXPECT_TRUE(thief_of(*alice_).opens(cell(first)));
  EXPECT_FALSE(thief_of(*alice_).opens(cell(second)));

  for (int week = 0; week < 7; ++week) sleep(days{7});
  expect_closed_to(*alice_, "31 days after its prekeys were replaced");
}

// A passive thief: he has the state of a moment and everything that comes over the wire after it.
TEST_F(StolenState, HealsInOneRoundTrip) {
  bob_->add(alice_->invite());
  deliver(*bob_, *alice_, "one");
  deliver(*alice_, *bob_, "two");
  deliver(*bob_, *alice_, "three");
  for (auto* victim : {alice_, bob_}) {
    auto& other = victim == alice_ ? *bob_ : *alice_;
    deliver(*victim, other, "whoever was robbed wrote last");
    auto thief = thief_of(*victim);
    const auto read = say(other, *victim, "the thief reads this");
    EXPECT_TRUE(thief.follows(cell(read)));
    const auto half = recorded();
    deliver(*victim, other, "half a round trip");
    for (auto i = half; i < recorded(); ++i) static_cast<void>(thief.follows(cell(i)));
    const auto healed = recorded();
    deliver(other, *victim, "the other half");
    deliver(*victim, other, "healed");
    deliver(other, *victim, "for ever");
    for (auto i = healed; i < recorded(); ++i) {
      EXPECT_FALSE(thief.follows(cell(i))) << i - healed;
      EXPECT_FALSE(i < healed + kNewest && thief.guesses(cell(i))) << i - healed;
    }
  }
}

// Whoever starts a session with stolen prekeys is read until the answer to the answer.
TEST_F(StolenState, ASessionThatBeginsWithStolenPrekeysHealsInItsFirstRoundTrip) {
  auto thief = thief_of(*alice_);
  auto& carol = newcomer();
  const auto first = recorded();
  carol.add(alice_->invite());
  EXPECT_TRUE(thief.follows(cell(first)));
  deliver(*alice_, carol, "an answer");
  for (auto i = first; i < recorded(); ++i) static_cast<void>(thief.follows(cell(i)));
  const auto healed = recorded();
  deliver(carol, *alice_, "and the answer to it");
  deliver(*alice_, carol, "healed");
  for (auto i = healed; i < recorded(); ++i) {
    EXPECT_FALSE(thief.follows(cell(i)));
    EXPECT_FALSE(thief.guesses(cell(i)));
  }
}

// The files themselves, with the key file: what was sealed with the keys of the day before.
TEST_F(StolenState, FilesOfAnotherDayHoldNoRowAndNoKeyOfTheDayBefore) {
  bob_->add(alice_->invite());
  std::vector<Bytes> old;
  for (int i = 0; i < 10; ++i) {
    deliver(*bob_, *alice_, "to Alice " + std::to_string(i));
    deliver(*alice_, *bob_, "to Bob " + std::to_string(i));
    for (auto& nonce : nonces(folder(*alice_))) old.push_back(std::move(nonce));
  }
  std::ranges::sort(old);
  old.erase(std::unique(old.begin(), old.end()), old.end());
  EXPECT_GT(found(old, folder(*alice_)), kOneTimeKeys) << "the log still has older ones";
  pass(hours{25});
  EXPECT_EQ(found(old, folder(*alice_)), 0U);
  deliver(*bob_, *alice_, "tomorrow");
  expect_closed_to(*alice_, "tomorrow");
}

}  // namespace
}  // namespace bisik::simulation
