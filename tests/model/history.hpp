// One ratchet history: two ends, begun from session keys, and what happens to their messages.
//
// A history is a JSON object (tests/vectors/README.md). Played, it drives the real Ratchet and adds
// what came out: the bytes of each message, what each opening gave or why it was refused, and after
// each event the hash of the state of the end that took part. Playing one that has all that already
// gives the same bytes, or the program or the file has a defect.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "crypto/ratchet.hpp"
#include "tests/model/named_randomness.hpp"

namespace bisik::model {

inline constexpr std::array kWho{"alice", "bob"};

// What her or his next message draws, in the order in which it is drawn. `state` is what
// Ratchet::write() wrote.
[[nodiscard]] std::vector<Draw> draws_of(ByteView state);
inline constexpr std::array kFirstDraws{Draw{"dh_private", 32}};  // of Alice's first chain

class HistoryPlay {
 public:
  // Begins it: `history` has the keys, and gets "alice_state".
  explicit HistoryPlay(Json& history);

  // One more event, with its outcome put into it.
  void play(Json& event);

  [[nodiscard]] const Bytes& state(std::size_t who) const { return ends_[who].state; }
  [[nodiscard]] std::size_t events() const noexcept { return played_; }
  [[nodiscard]] std::size_t messages() const noexcept { return wires_.size(); }
  [[nodiscard]] const Bytes& wire(std::size_t message) const { return wires_.at(message); }
  [[nodiscard]] std::size_t receiver_of(std::size_t message) const;
  [[nodiscard]] ByteView associated(std::size_t sender) const { return ends_[sender].sends_as; }

 private:
  struct End {
    std::optional<crypto::Ratchet> ratchet;  // none: Bob, who has opened nothing
    Bytes state;
    Bytes sends_as;  // AD
  };

  void send(End& end, Json& event);
  void skip(End& end, const Json& event);
  void open(std::size_t who, Json& event);
  void restore(End& end, ByteView state);
  [[nodiscard]] crypto::Result<Bytes> opened(std::size_t who, ByteView wire, crypto::UnixTime now);

  const Json& history_;
  std::array<End, 2> ends_;
  std::vector<Bytes> wires_;
  std::vector<std::size_t> senders_;  // of each
  std::vector<Bytes> after_;          // per event, the state of the end that took part
  std::size_t played_ = 0;
};

// All of it.
void play_history(Json& history);

}  // namespace bisik::model
