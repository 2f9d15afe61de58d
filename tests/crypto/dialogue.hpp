// Alice and Bob in a session: a small language for the tests of handshake, seal and ratchet.
#pragma once

#include <set>
#include <string>

#include "crypto/session.hpp"
#include "tests/crypto/people.hpp"

namespace bisik::crypto {

inline constexpr std::size_t kCell = 4096;

// A person whose bundle and one-time keys somebody has fetched.
struct Peer : Person {
  OneTimeKey one_time_key = OneTimeKey::generate();
  PqOneTimeKey pq_one_time_key = PqOneTimeKey::generate();

  [[nodiscard]] PeerPrekeys published() const {
    return {device.record, seal.public_half(), signed_prekey.public_half(),
            one_time_key.public_half(), pq_one_time_key.public_half()};
  }
  [[nodiscard]] PeerPrekeys published_without_one_time_keys() const {
    return {device.record, seal.public_half(), signed_prekey.public_half(), std::nullopt,
            pq_signed_prekey.public_half()};
  }
  [[nodiscard]] OurPrekeys named_by(const PrekeyIds& ids) const {
    OurPrekeys named{device, signed_prekey, nullptr, &pq_signed_prekey};
    if (ids.one_time_key != kNoPrekey) named.one_time_key = &one_time_key;
    if (ids.pq_kind == PqKind::one_time) named.pq_prekey = &pq_one_time_key;
    return named;
  }
};

class Remembered : public AcceptedTranscripts {
 public:
  [[nodiscard]] bool contains(const Transcript& transcript) const override {
    return seen.contains(transcript);
  }
  std::set<Transcript> seen;
};

[[nodiscard]] inline Bytes text(std::string_view content) { return copy_of(as_bytes(content)); }

// The whole state, byte for byte.
[[nodiscard]] inline Bytes dump(const Session& session) {
  SecretBuffer out;
  session.write(out);
  return copy_of(out.expose());
}

[[nodiscard]] inline Result<Session> restore(ByteView state) {
  SecretBuffer buffer;
  buffer.append(state);
  SecretReader in{buffer};
  auto session = Session::read(in);
  if (session && !in.finish()) return Errc::malformed;
  return session;
}

[[nodiscard]] inline Session copy_of(const Session& session) {
  return restore(dump(session)).value();
}

// What a receiver does with a first message for which he has no session.
[[nodiscard]] inline Result<Session::Accepted> answer(const Peer& ours, ByteView cell,
                                                      const Remembered& remembered = {}) {
  const auto first = open_first_message(ours.seal, cell);
  if (!first) return first.error();
  return Session::respond(ours.named_by(first->handshake.origin.ids), *first, remembered, kNow);
}

struct Dialogue {
  Session alice;
  Session bob;

  // Alice has sent one message and Bob has opened it.
  [[nodiscard]] static Dialogue begin(const Peer& alice = {}, const Peer& bob = {}) {
    auto ours = Session::initiate(alice.device, bob.published()).value();
    auto theirs = answer(bob, ours.seal(kCell, text("hello"))).value();
    return {std::move(ours), std::move(theirs.session)};
  }
  // As many turns as it takes until every chain carries KEM key and ciphertext.
  [[nodiscard]] static Dialogue established() {
    auto dialogue = begin();
    dialogue.bob_says("one");
    dialogue.alice_says("two");
    dialogue.bob_says("three");
    return dialogue;
  }

  void alice_says(std::string_view content) { say(alice, bob, content); }
  void bob_says(std::string_view content) { say(bob, alice, content); }

 private:
  static void say(Session& from, Session& to, std::string_view content) {
    const auto opened = to.open(from.seal(kCell, text(content)), kNow);
    if (!opened || *opened != text(content)) throw std::runtime_error{"a message did not arrive"};
  }
};

// Every canonical X25519 point of low order, and encodings that no honest peer uses. The first five
// must fail at the DH, the rest when parsed. From the list in RFC 7748's security considerations,
// as collected at cr.yp.to/ecdh.html#validate.
inline const std::array<std::string_view, 5> kLowOrderPoints{
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};
inline const std::array<std::string_view, 7> kNonCanonicalPoints{
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "cdeb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
    "4c9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

// Unchecked, as only an attacker makes them.
[[nodiscard]] inline DhPublicKey point(std::string_view hex) {
  DhPublicKey key;
  sodium_hex2bin(key.bytes.data(), key.bytes.size(), hex.data(), hex.size(), nullptr, nullptr,
                 nullptr);
  return key;
}

}  // namespace bisik::crypto
