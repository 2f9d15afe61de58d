// Random histories of two sessions, with cells lost, late, repeated and forged and with restarts
// from the stored state, against a model that knows what must happen (invariants I4, I5).

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/crypto/dialogue.hpp"
#include "tests/crypto/seeded_random.hpp"

namespace bisik::crypto {
namespace {

struct Sent {
  Bytes cell;
  Bytes content;
  int chain;  // of its sender, counted from 0
};

// One side, and what the model knows about it.
struct Side {
  std::optional<Session> session;
  std::vector<Sent> sent;          // never forgotten: any cell may come again at any time
  std::set<std::size_t> received;  // which of the other side's
  int chain = -1;                  // the one we write in
  int heard = -1;                  // the latest of the other side's
  bool writes_next_chain = true;
};

class History {
 public:
  explicit History(std::uint64_t seed) : dice_{seed} {
    alice_.session = Session::initiate(people_[0].device, people_[1].published()).value();
  }

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) step();
    EXPECT_GT(alice_.heard, steps / 60);  // the ratchet did turn
    EXPECT_GT(bob_.received.size() + alice_.received.size(), static_cast<std::size_t>(steps / 6));
  }

 private:
  void step() {
    const bool alices_step = roll(2) == 0;
    auto& from = alices_step ? alice_ : bob_;
    auto& to = alices_step ? bob_ : alice_;
    switch (roll(8)) {
      case 0:
      case 1:
        return write(from);
      case 2:
        return restart(from);
      case 3:
        return forge(from, to);
      default:
        return deliver(from, to);
    }
  }

  void write(Side& from) {
    if (!from.session) return;
    if (from.writes_next_chain) ++from.chain;
    from.writes_next_chain = false;
    Bytes content(roll(1 + static_cast<unsigned>(from.session->capacity(kCell))));
    if (!content.empty()) randombytes_buf(content.data(), content.size());
    auto cell = from.session->seal(kCell, content);
    ASSERT_EQ(cell.size(), kCell);
    from.sent.push_back({std::move(cell), std::move(content), from.chain});
  }

  void restart(Side& side) {
    if (!side.session) return;
    const auto state = dump(*side.session);
    side.session = restore(state).value();
    ASSERT_EQ(dump(*side.session), state);
  }

  // Mostly recent cells: what was lost stays lost, what is old is mostly a repeat.
  [[nodiscard]] std::size_t pick(const Side& from) {
    const auto recent = std::min<std::size_t>(from.sent.size(), roll(10) == 0 ? 100 : 6);
    return from.sent.size() - 1 - roll(static_cast<unsigned>(recent));
  }

  void forge(Side& from, Side& to) {
    if (from.sent.empty() || !to.session) return;
    auto cell = from.sent[pick(from)].cell;
    cell[roll(static_cast<unsigned>(cell.size()))] ^= static_cast<std::uint8_t>(1 + roll(255));
    const auto before = dump(*to.session);
    ASSERT_FALSE(receive(to, cell));
    ASSERT_EQ(dump(*to.session), before);
  }

  void deliver(Side& from, Side& to) {
    if (from.sent.empty()) return;
    const auto number = pick(from);
    const auto& sent = from.sent[number];
    const auto before = to.session ? dump(*to.session) : Bytes{};
    const auto content = receive(to, sent.cell);
    const bool is_new = !to.received.contains(number);
    const bool is_remembered = sent.chain + static_cast<int>(kMaxPastChains) >= to.heard;

    if (is_new && is_remembered) {
      ASSERT_TRUE(content) << content.error().message();
      ASSERT_EQ(*content, sent.content);
      to.received.insert(number);
      if (sent.chain > to.heard) to.writes_next_chain = true;
      to.heard = std::max(to.heard, sent.chain);
      return;
    }
    ASSERT_FALSE(content);
    ASSERT_EQ(content.error(), is_remembered ? Errc::message_key_unavailable : Errc::no_header_key);
    ASSERT_EQ(dump(*to.session), before);
  }

  // As the engine does it: its session, then the seal, then a session that the seal names.
  [[nodiscard]] Result<Bytes> receive(Side& to, ByteView cell) {
    if (to.session) {
      auto content = to.session->open(cell, kNow);
      if (content || content.error() != Errc::no_header_key) return content;
    }
    const auto first = open_first_message(people_[1].seal, cell);
    if (!first) return Errc::no_header_key;
    if (to.session) return to.session->open(first->ratchet_message, kNow);
    auto accepted = Session::respond(people_[1].named_by(first->handshake.origin.ids), *first,
                                     Remembered{}, kNow);
    if (!accepted) return accepted.error();
    to.session = std::move(accepted->session);
    return std::move(accepted->content);
  }

  [[nodiscard]] unsigned roll(unsigned sides) {
    return static_cast<unsigned>(dice_() % std::max(sides, 1U));
  }

  std::mt19937_64 dice_;
  std::array<Peer, 2> people_;
  Side alice_, bob_;
};

class SessionHistory : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SessionHistory, FollowsItsModel) {
  const SeededRandom random{GetParam()};
  History{GetParam()}.run(1500);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SessionHistory, testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace bisik::crypto
