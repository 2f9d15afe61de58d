#include "crypto/handshake.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/dialogue.hpp"

namespace bisik::crypto {
namespace {

bool same(const SessionKeys& a, const SessionKeys& b) {
  return equal(a.root, b.root) && equal(a.initiator_header, b.initiator_header) &&
         equal(a.responder_next_header, b.responder_next_header);
}

class HandshakeTest : public testing::Test {
 protected:
  [[nodiscard]] Result<SessionKeys> respond(const HandshakeFields& fields,
                                            const OurPrekeys& ours) const {
    return respond_handshake(ours, fields, alice.device.record, transcript(fields, ours));
  }
  [[nodiscard]] Result<SessionKeys> respond(const HandshakeFields& fields) const {
    return respond(fields, bob.named_by(fields.origin.ids));
  }

  Peer alice, bob;
};

TEST_F(HandshakeTest, BothSidesAgreeWhateverOneTimeKeysThereAre) {
  for (const bool with_one_time_key : {false, true}) {
    for (const bool with_pq_one_time_key : {false, true}) {
      auto prekeys = bob.published_without_one_time_keys();
      if (with_one_time_key) prekeys.one_time_key = bob.one_time_key.public_half();
      if (with_pq_one_time_key) prekeys.pq_prekey = bob.pq_one_time_key.public_half();
      const auto ours = initiate_handshake(alice.device, prekeys);
      ASSERT_TRUE(ours);
      const auto theirs = respond(ours->fields);
      ASSERT_TRUE(theirs);
      EXPECT_TRUE(same(ours->keys, *theirs));
      EXPECT_EQ(ours->transcript, transcript(ours->fields, bob.named_by(ours->fields.origin.ids)));
    }
  }
}

// docs/protocol.md 5.1, computed here with libsodium alone.
TEST_F(HandshakeTest, KeysAreThoseOfTheSpecification) {
  const auto ours = initiate_handshake(alice.device, bob.published()).value();
  const auto& spk = bob.signed_prekey.pair.secret_key;
  const auto& opk = bob.one_time_key.pair.secret_key;
  const auto& dx = bob.device.identity_key.secret_key;
  Bytes input_key(32, 0xff);
  const auto dh = [&](const DhSecretKey& secret, const DhPublicKey& key) {
    ByteArray<32> shared;
    ASSERT_EQ(crypto_scalarmult(shared.data(), secret.expose().data(), key.bytes.data()), 0);
    input_key.insert(input_key.end(), shared.begin(), shared.end());
  };
  dh(spk, alice.device.record.identity_key());
  dh(dx, ours.fields.origin.ephemeral);
  dh(spk, ours.fields.origin.ephemeral);
  dh(opk, ours.fields.origin.ephemeral);
  const auto shared = decapsulate(bob.pq_one_time_key.pair.seed, ours.fields.ciphertext);
  input_key.insert(input_key.end(), shared.expose().begin(), shared.expose().end());

  ByteArray<32> prk, expanded;
  crypto_auth_hmacsha256_state hmac;
  crypto_auth_hmacsha256_init(&hmac, ours.transcript.data(), ours.transcript.size());
  crypto_auth_hmacsha256_update(&hmac, input_key.data(), input_key.size());
  crypto_auth_hmacsha256_final(&hmac, prk.data());
  const auto info = text("bisik/1 session keys\x01");
  crypto_auth_hmacsha256(expanded.data(), info.data(), info.size(), prk.data());
  EXPECT_TRUE(std::ranges::equal(ours.keys.root.expose(), expanded));
}

// Both halves are mandatory, and each DH adds its own: a responder who lacks any one private key
// gets other keys.
TEST_F(HandshakeTest, EveryPrivateKeyIsNeeded) {
  const auto ours = initiate_handshake(alice.device, bob.published()).value();
  const auto spoil = [](DhKeyPair& pair) { pair.secret_key = DhSecretKey::random(); };
  const auto expect_other_keys = [&] {
    const auto theirs = respond(ours.fields);
    ASSERT_TRUE(theirs);
    EXPECT_FALSE(equal(ours.keys.root, theirs->root));
    EXPECT_FALSE(equal(ours.keys.initiator_header, theirs->initiator_header));
    EXPECT_FALSE(equal(ours.keys.responder_next_header, theirs->responder_next_header));
  };
  const auto identity = bob.device.identity_key.secret_key.duplicate();
  spoil(bob.device.identity_key);
  expect_other_keys();
  bob.device.identity_key.secret_key = identity.duplicate();

  const auto signed_prekey = bob.signed_prekey.pair.secret_key.duplicate();
  spoil(bob.signed_prekey.pair);
  expect_other_keys();
  bob.signed_prekey.pair.secret_key = signed_prekey.duplicate();

  const auto one_time_key = bob.one_time_key.pair.secret_key.duplicate();
  spoil(bob.one_time_key.pair);
  expect_other_keys();
  bob.one_time_key.pair.secret_key = one_time_key.duplicate();

  const auto seed = bob.pq_one_time_key.pair.seed.duplicate();
  bob.pq_one_time_key.pair.seed = KemSeed::random();
  expect_other_keys();
  bob.pq_one_time_key.pair.seed = seed.duplicate();
  EXPECT_TRUE(same(ours.keys, respond(ours.fields).value()));
}

TEST_F(HandshakeTest, TranscriptCoversEveryByte) {
  const auto fields = initiate_handshake(alice.device, bob.published()).value().fields;
  const ResponderKeys keys{bob.device.record, bob.signed_prekey.pair.public_key,
                           bob.one_time_key.pair.public_key, bob.pq_one_time_key.pair.public_key};
  std::set<Transcript> seen{transcript(fields, keys)};
  Encoder encoded{HandshakeFields::kSize};
  fields.encode(encoded);
  for (std::size_t i = 0; i < HandshakeFields::kSize; ++i) {
    const auto altered = with_flipped_bit(encoded.bytes(), i);
    Decoder in{altered};
    const auto decoded = HandshakeFields::decode(in);
    if (!decoded) continue;
    EXPECT_TRUE(seen.insert(transcript(*decoded, keys)).second) << i;
  }
  const Peer other;
  const auto& others_prekey = other.signed_prekey.pair.public_key;
  const auto& others_pq_prekey = other.pq_one_time_key.pair.public_key;
  for (const auto& [record, spk, opk, pqpk] :
       {ResponderKeys{other.device.record, keys.signed_prekey, keys.one_time_key, keys.pq_prekey},
        ResponderKeys{keys.record, others_prekey, keys.one_time_key, keys.pq_prekey},
        ResponderKeys{keys.record, keys.signed_prekey, std::nullopt, keys.pq_prekey},
        ResponderKeys{keys.record, keys.signed_prekey, others_prekey, keys.pq_prekey},
        ResponderKeys{keys.record, keys.signed_prekey, keys.one_time_key, others_pq_prekey}}) {
    EXPECT_TRUE(seen.insert(transcript(fields, {record, spk, opk, pqpk})).second);
  }
}

TEST_F(HandshakeTest, OtherPrekeysThanThoseNamedAreRefused) {
  const auto fields = initiate_handshake(alice.device, bob.published()).value().fields;
  const OurPrekeys without_one_time_key{bob.device, bob.signed_prekey, nullptr,
                                        &bob.pq_one_time_key};
  const OurPrekeys last_resort{bob.device, bob.signed_prekey, &bob.one_time_key,
                               &bob.pq_signed_prekey};
  const auto other = SignedPrekey::generate();
  const OurPrekeys other_signed{bob.device, other, &bob.one_time_key, &bob.pq_one_time_key};
  for (const auto& ours : {without_one_time_key, last_resort, other_signed}) {
    EXPECT_EQ(respond(fields, ours).error(), Errc::unknown_prekey);
  }
}

// Its messages could be reflected: both directions would have one associated data.
TEST_F(HandshakeTest, DeviceDoesNotTalkToItself) {
  EXPECT_EQ(initiate_handshake(alice.device, alice.published()).error(), Errc::malformed);
  const auto fields = initiate_handshake(alice.device, bob.published()).value().fields;
  const auto ours = bob.named_by(fields.origin.ids);
  EXPECT_EQ(respond_handshake(ours, fields, bob.device.record, transcript(fields, ours)).error(),
            Errc::malformed);
}

TEST_F(HandshakeTest, InitiatorRefusesEachLowOrderPointInEachSlot) {
  for (const auto hex : kLowOrderPoints) {
    auto prekeys = bob.published();
    prekeys.signed_prekey.key = point(hex);
    EXPECT_EQ(initiate_handshake(alice.device, prekeys).error(), Errc::non_contributory_key);
    prekeys = bob.published();
    prekeys.one_time_key->key = point(hex);
    EXPECT_EQ(initiate_handshake(alice.device, prekeys).error(), Errc::non_contributory_key);
    prekeys = bob.published();
    prekeys.record = DeviceRecord::create(bob.account, bob.device.signing_key, point(hex), 1, kNow);
    EXPECT_EQ(initiate_handshake(alice.device, prekeys).error(), Errc::non_contributory_key);
    prekeys = bob.published();
    prekeys.seal.dh = point(hex);
    EXPECT_EQ(Session::initiate(alice.device, prekeys).error(), Errc::non_contributory_key);
  }
}

TEST_F(HandshakeTest, ResponderRefusesEachLowOrderPointInEachSlot) {
  for (const auto hex : kLowOrderPoints) {
    auto fields = initiate_handshake(alice.device, bob.published()).value().fields;
    const auto ours = bob.named_by(fields.origin.ids);
    const auto record =
        DeviceRecord::create(alice.account, alice.device.signing_key, point(hex), 1, kNow);
    EXPECT_EQ(respond_handshake(ours, fields, record, transcript(fields, ours)).error(),
              Errc::non_contributory_key);
    fields.origin.ephemeral = point(hex);
    EXPECT_EQ(respond(fields).error(), Errc::non_contributory_key);
  }
}

TEST_F(HandshakeTest, FieldsWithANonCanonicalPointDoNotDecode) {
  for (const auto hex : kNonCanonicalPoints) {
    auto fields = initiate_handshake(alice.device, bob.published()).value().fields;
    fields.origin.ephemeral = point(hex);
    Encoder out{HandshakeFields::kSize};
    fields.encode(out);
    Decoder in{out.bytes()};
    EXPECT_EQ(HandshakeFields::decode(in).error(), Errc::non_canonical_key);
  }
}

}  // namespace
}  // namespace bisik::crypto
