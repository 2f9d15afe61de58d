// Sessions between the same two people in every run, in each shape that a session can have, so that
// a corpus made once keeps opening.
#pragma once

#include "crypto/sodium.hpp"
#include "tests/crypto/dialogue.hpp"
#include "tests/crypto/seeded_random.hpp"
#include "tests/fuzz/identity.hpp"

namespace bisik::crypto::fuzz {

// A session's state, and what its peer would send it next.
struct Shape {
  Bytes state;
  Bytes next_cell;
};

class Sessions {
 public:
  [[nodiscard]] static const Sessions& fixed() {
    initialise();
    static const Sessions sessions;
    return sessions;
  }

  Peer alice, bob;
  Bytes first_cell;  // of a session that Alice starts with Bob
  std::vector<Shape> shapes;

 private:
  Sessions() : Sessions{SeededRandom{1}} {}

  // The generator is replaced while the members above are made, too.
  explicit Sessions(const SeededRandom&) {
    auto first = Session::initiate(alice.device, bob.published()).value();
    first_cell = first.seal(kFirstMessageOverhead + kSmall, text("hello"));
    auto dialogue = Dialogue::begin(alice, bob);
    add(dialogue.alice, dialogue.bob);  // unanswered
    dialogue.bob_says("hi");
    dialogue.alice_says("a turn");
    add(dialogue.bob, dialogue.alice);  // it is our turn, and their chain goes on
    static_cast<void>(dialogue.bob.seal(kCell, {}));
    dialogue.bob_says("one is missing");
    add(dialogue.bob, dialogue.alice);  // we wait for their next chain
    static_cast<void>(dialogue.alice.seal(kCell, {}));
    dialogue.alice_says("one is missing");
    dialogue.bob_says("a turn");
    dialogue.alice_says("skipped keys, and a past chain");
    add(dialogue.bob, dialogue.alice);
  }

  void add(const Session& ours, const Session& theirs) {
    auto peer = copy_of(theirs);
    shapes.push_back({dump(ours), peer.seal(kLarge, text("x"))});
  }

  static constexpr std::size_t kSmall = 256, kLarge = 2560;
};

// Opening either succeeds or changes nothing; afterwards the session still seals.
inline void open_and_check(Session& session, ByteView message) {
  const auto before = dump(session);
  if (!session.open(message, kNow)) require(dump(session) == before);
  require(session.seal(kCell, {}).size() == kCell);
}

}  // namespace bisik::crypto::fuzz
