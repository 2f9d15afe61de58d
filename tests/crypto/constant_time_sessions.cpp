// Handshake, seal and ratchet with secret keys, secret seeds and, because the same generator makes
// them, nonces and salts that count as secret until they are on the wire.

#include "crypto/session.hpp"
#include "tests/crypto/constant_time.hpp"

namespace bisik::crypto {
namespace {

constexpr UnixTime kNow{std::chrono::seconds{1'750'000'000}};
constexpr std::size_t kCell = 4096;

KemKeyPair published_key_pair() {
  auto pair = KemKeyPair::generate();
  declassify(pair.public_key.bytes);
  return pair;
}

// Signatures are made with keys that count as known: what is proved here begins after them.
Device device(std::uint8_t name) {
  const auto fixed = [](std::uint8_t byte) {
    return SigningSeed::fill([byte](auto out) { std::ranges::fill(out, byte); });
  };
  SecretBuffer seed;
  SecretReader in{seed.append(fixed(name))};
  const auto account = AccountKey::read(in).value();
  auto signing_key = SigningKeyPair::from(fixed(static_cast<std::uint8_t>(name + 100)));
  auto identity_key = DhKeyPair::generate();
  auto record = DeviceRecord::create(account, signing_key, identity_key.public_key, 1, kNow);
  return {std::move(signing_key), std::move(identity_key), std::move(record)};
}

struct Responder {
  Device device = crypto::device(2);
  SealKey seal{DhKeyPair::generate(), published_key_pair()};
  SignedPrekey signed_prekey{7, DhKeyPair::generate()};
  OneTimeKey one_time_key{8, DhKeyPair::generate()};
  PqOneTimeKey pq_one_time_key{9, published_key_pair()};

  [[nodiscard]] PeerPrekeys published() const {
    return {device.record, seal.public_half(), signed_prekey.public_half(),
            one_time_key.public_half(), pq_one_time_key.public_half()};
  }
  [[nodiscard]] OurPrekeys prekeys() const {
    return {device, signed_prekey, &one_time_key, &pq_one_time_key};
  }
};

struct Nothing : AcceptedTranscripts {
  [[nodiscard]] bool contains(const Transcript&) const override { return false; }
};

Bytes on_the_wire(Bytes cell) {
  declassify(cell);
  return cell;
}

void expect_hello(Bytes content) {
  declassify(content);
  assert(as_text(content) == "hello");
}

Result<Session::Accepted> respond(const Responder& bob, ByteView cell) {
  const auto first = open_first_message(bob.seal, cell);
  if (!first) return first.error();
  return Session::respond(bob.prekeys(), *first, Nothing{}, kNow);
}

struct Dialogue {
  Responder responder;
  Session alice = Session::initiate(device(1), responder.published()).value();
  Session bob = respond(responder, on_the_wire(alice.seal(kCell, {}))).value().session;

  static void say(Session& from, Session& to) {
    const auto cell = on_the_wire(from.seal(kCell, as_bytes("hello")));
    expect_hello(to.open(cell, kNow).value());
  }
};

}  // namespace

void handshake() {
  const Responder bob;
  const auto alice = device(1);
  const auto ours = initiate_handshake(alice, bob.published()).value();
  assert_still_secret(ours.keys.root.expose());
  auto fields = ours.fields;
  declassify(fields.ciphertext.bytes);
  const auto t = transcript(fields, bob.prekeys());
  const auto theirs = respond_handshake(bob.prekeys(), fields, alice.record, t).value();
  assert_still_secret(theirs.root.expose());
  assert_still_secret(theirs.initiator_header.expose());
}

void seal_opened() {
  const Responder bob;
  auto session = Session::initiate(device(1), bob.published()).value();
  auto accepted = respond(bob, on_the_wire(session.seal(kCell, as_bytes("hello"))));
  expect_hello(accepted.value().content);
}

// Whether the X25519 or the KEM half was wrong takes the same time as finding neither wrong.
void seal_refused() {
  const Responder bob;
  auto session = Session::initiate(device(1), bob.published()).value();
  const auto cell = on_the_wire(session.seal(kCell, as_bytes("hello")));
  for (const std::size_t at : {0UL, 500UL, 1130UL, 3000UL}) {
    auto altered = cell;
    altered[at] ^= 1;
    assert(!open_first_message(bob.seal, altered));
  }
}

void ratchet_turns() {
  Dialogue dialogue;
  for (int turn = 0; turn < 3; ++turn) {
    Dialogue::say(dialogue.bob, dialogue.alice);
    Dialogue::say(dialogue.bob, dialogue.alice);
    Dialogue::say(dialogue.alice, dialogue.bob);
  }
}

void ratchet_skips() {
  Dialogue dialogue;
  const auto late = on_the_wire(dialogue.bob.seal(kCell, as_bytes("hello")));
  const auto later = on_the_wire(dialogue.bob.seal(kCell, as_bytes("hello")));
  Dialogue::say(dialogue.bob, dialogue.alice);
  expect_hello(dialogue.alice.open(late, kNow).value());
  Dialogue::say(dialogue.alice, dialogue.bob);
  Dialogue::say(dialogue.bob, dialogue.alice);
  expect_hello(dialogue.alice.open(later, kNow).value());
}

// Forged in the header, the KEM part, salt, commitment, ciphertext and tag.
void ratchet_refuses() {
  Dialogue dialogue;
  Dialogue::say(dialogue.bob, dialogue.alice);
  Dialogue::say(dialogue.alice, dialogue.bob);
  const auto cell = on_the_wire(dialogue.bob.seal(kCell, as_bytes("hello")));
  for (const std::size_t at : {50UL, 1000UL, 2420UL, 2440UL, 3000UL, 4095UL}) {
    auto altered = cell;
    altered[at] ^= 1;
    assert(!dialogue.alice.open(altered, kNow));
  }
  expect_hello(dialogue.alice.open(cell, kNow).value());
}

}  // namespace bisik::crypto
