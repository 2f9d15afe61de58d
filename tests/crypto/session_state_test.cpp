// The stored state of a session: what is written is what is read, and nothing else is.

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

// One of each shape that a state can have.
[[nodiscard]] std::vector<Bytes> states() {
  const Peer alice, bob;
  std::vector<Bytes> all;
  auto unanswered = Session::initiate(alice.device, bob.published()).value();
  all.push_back(dump(unanswered));
  auto dialogue = Dialogue::begin();
  all.push_back(dump(dialogue.bob));
  dialogue.bob_says("hi");
  all.push_back(dump(dialogue.bob));
  all.push_back(dump(dialogue.alice));
  dialogue.alice_says("a turn");
  dialogue.bob_says("another");
  for (int i = 0; i < 3; ++i) static_cast<void>(dialogue.alice.seal(kCell, text("missing")));
  dialogue.alice_says("which shows what is missing");
  all.push_back(dump(dialogue.bob));
  dialogue.bob_says("so that it is a past chain");
  dialogue.alice_says("now");
  all.push_back(dump(dialogue.bob));
  return all;
}

TEST(SessionState, ReadsWhatItWrote) {
  for (const auto& state : states()) EXPECT_EQ(dump(restore(state).value()), state);
}

TEST(SessionState, RestoredSessionsGoOn) {
  auto dialogue = Dialogue::established();
  for (int i = 0; i < 10; ++i) {
    dialogue.alice = restore(dump(dialogue.alice)).value();
    dialogue.bob = restore(dump(dialogue.bob)).value();
    (i % 3 == 0) ? dialogue.bob_says("hi") : dialogue.alice_says("hello");
  }
}

TEST(SessionState, SealedCellAndStateAreOneStep) {  // I4
  auto dialogue = Dialogue::established();
  const auto cell = dialogue.alice.seal(kCell, text("stored with the state"));
  dialogue.alice = restore(dump(dialogue.alice)).value();  // a crash after the commit
  ASSERT_TRUE(dialogue.bob.open(cell, kNow));
  dialogue.alice_says("with the next key");
}

TEST(SessionState, TruncatedStateIsRefused) {
  for (const auto& state : states()) {
    for (std::size_t size = 0; size < state.size(); ++size) {
      ASSERT_FALSE(restore(ByteView{state}.first(size))) << size;
    }
  }
}

TEST(SessionState, OtherVersionIsRefused) {
  for (auto state : states()) {
    state[0] = 2;
    EXPECT_EQ(restore(state).error(), Errc::malformed);
  }
}

// A flipped state may be one that nobody can talk to any more, but it is used like any other.
TEST(SessionState, FlippedStateNeverCrashes) {
  auto dialogue = Dialogue::established();
  const auto cell = dialogue.alice.seal(kCell, text("x"));
  for (const auto& state : states()) {
    for (std::size_t i = 0; i < state.size(); i += 1 + i / 300) {
      auto altered = state;
      altered[i] = static_cast<std::uint8_t>(~altered[i]);
      auto session = restore(altered);
      if (!session) continue;
      EXPECT_FALSE(session->open(cell, kNow));
      EXPECT_EQ(session->seal(kCell, text("y")).size(), kCell);
    }
  }
}

TEST(SessionState, StateThatCouldNotSealIsRefused) {
  auto dialogue = Dialogue::begin();
  auto state = dump(dialogue.bob);
  constexpr std::size_t kTheirs = 1 + 32 + 32 + 25 + 2 * 36 + 1 + 3 * 32 + 1;  // DHr
  for (const auto hex : kLowOrderPoints) {
    std::ranges::copy(point(hex).bytes, state.begin() + kTheirs);
    EXPECT_EQ(restore(state).error(), Errc::non_contributory_key);
  }
}

}  // namespace
}  // namespace bisik::crypto
