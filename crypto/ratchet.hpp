// The post-quantum Double Ratchet with header encryption (docs/protocol.md 6).
//
// Each side writes in a chain of its own until it hears the other's next one; then, at its next
// message, it turns the root with a fresh X25519 and ML-KEM pair. So a stolen state opens nothing
// from before, and nothing new after one round trip (invariant I6).
//
// A Ratchet owns the state of one session; one object, one thread. open() computes on locals,
// authenticates, and commits once: after any error the state is bit for bit what it was (I5).
// seal() cannot fail; its caller stores the advanced state and the message in one commit before the
// message goes anywhere (I4). `associated` is the AD of the direction and of a constant length.
#pragma once

#include <variant>
#include <vector>

#include "crypto/receiving_chain.hpp"
#include "crypto/sending_chain.hpp"

namespace bisik::crypto {

// What a handshake leaves. RK, HK_A and NHK_B.
struct SessionKeys {
  RootKey root;
  HeaderKey initiator_header;       // of the initiator's first chain
  HeaderKey responder_next_header;  // of the responder's first chain
};

class Ratchet {
 public:
  struct Accepted;

  // The initiator, with her first sending step taken. non_contributory_key: their key is a
  // low-order point.
  [[nodiscard]] static Result<Ratchet> initiate(SessionKeys&& keys,
                                                const DhPublicKey& their_signed_prekey);
  // The responder, once he has opened any message of the initiator's first chain. Errors of open().
  [[nodiscard]] static Result<Accepted> accept(SessionKeys&& keys, const DhSecretKey& signed_prekey,
                                               ByteView associated, ByteView wire, UnixTime now);

  // `wire_bytes` is at least content.size() + next_overhead().
  [[nodiscard]] Bytes seal(ByteView associated, ByteView content, std::size_t wire_bytes);
  [[nodiscard]] std::size_t next_overhead() const;

  // no_header_key: another session's. Otherwise a header opened, and message_key_unavailable: this
  // index was received before, or its key is gone; too_many_skipped: refused before any hashing;
  // unknown_chain: they have opened what this state never sealed, so it is a copy of an older one;
  // malformed, non_canonical_key, non_contributory_key, authentication_failed: the rest is not what
  // its place asks for.
  [[nodiscard]] Result<Bytes> open(ByteView associated, ByteView wire, UnixTime now);

  void write(SecretBuffer& out) const;
  [[nodiscard]] static Result<Ratchet> read(SecretReader& in);

 private:
  // We heard them last. The next message that we send begins a chain.
  struct OurTurn {
    DhPublicKey theirs;                     // DHr
    std::optional<KemPublicKey> their_kem;  // none in the initiator's first chain
    std::uint32_t previous_length;          // PN

    void write(SecretBuffer& out) const;
    [[nodiscard]] static Result<OurTurn> read(SecretReader& in);
  };
  using TheirTurn = SendingChain;  // we wrote last; it also opens their next chain

  // What opens the first message of their chain.
  struct TurnKeys {
    const DhSecretKey& dh;
    const KemSeed* kem;  // nullptr where they cannot have encapsulated to us
  };
  struct Incoming;
  struct Advance;
  struct Turn;

  Ratchet(RootKey root, HeaderKey next_sending, HeaderKey next_receiving,
          std::variant<OurTurn, TheirTurn> turn)
      : root_{std::move(root)},
        next_sending_header_{std::move(next_sending)},
        next_receiving_header_{std::move(next_receiving)},
        turn_{std::move(turn)} {}

  void begin_chain(const OurTurn& turn);
  [[nodiscard]] static Result<Advance> advance(const ChainKey& key, std::uint32_t from,
                                               const Incoming& message, const Header& header);
  [[nodiscard]] static Result<Turn> turn(const RootKey& root, const HeaderKey& header_key,
                                         const TurnKeys& ours, const Incoming& message,
                                         const Header& header);
  [[nodiscard]] Result<Bytes> open_in_present_chain(const Incoming& message, const Header& header);
  [[nodiscard]] Result<Bytes> open_in_next_chain(const Incoming& message, const Header& header);
  [[nodiscard]] Result<Bytes> open_skipped(KnownChain& chain, const Incoming& message,
                                           const Header& header);
  [[nodiscard]] Result<void> may_begin_chain(const TheirTurn& ours, const Header& header) const;
  void end_present_chain(std::uint32_t length, UnixTime now);
  void forget(UnixTime now) noexcept;

  [[nodiscard]] static Result<std::variant<OurTurn, TheirTurn>> read_turn(SecretReader& in);

  RootKey root_;                     // RK
  HeaderKey next_sending_header_;    // NHKs
  HeaderKey next_receiving_header_;  // NHKr
  std::variant<OurTurn, TheirTurn> turn_;
  std::optional<ReceivingChain> receiving_;  // none before the responder's first answer
  std::vector<PastChain> past_;              // oldest first
};

struct Ratchet::Accepted {
  Ratchet ratchet;
  Bytes content;
};

}  // namespace bisik::crypto
