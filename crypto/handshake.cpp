#include "crypto/handshake.hpp"

#include "crypto/kdf.hpp"

namespace bisik::crypto {
namespace {

// 0xFF x 32 | DH1 | DH2 | DH3 [| DH4] | ss, filled in this order. The first DH that fails stays the
// error.
class KeyMaterial {
 public:
  KeyMaterial() {
    ByteArray<32> ones;
    ones.fill(0xff);  // where X3DH separates its curves; kept, for its proofs
    input_key_.append(ones);
  }
  KeyMaterial& add(const DhSecretKey& ours, const DhPublicKey& theirs) {
    const auto shared = agree(ours, theirs);
    if (shared) {
      input_key_.append(*shared);
    } else if (valid_) {
      valid_ = shared.error();
    }
    return *this;
  }
  [[nodiscard]] Result<SessionKeys> finish(const KemSharedSecret& kem,
                                           const Transcript& transcript) && {
    if (!valid_) return valid_.error();
    input_key_.append(kem);
    auto [root, initiator_header, responder_next_header] =
        derive_keys<RootKey, HeaderKey, HeaderKey>(transcript, input_key_,
                                                   label::kSessionKeys.bytes());
    return SessionKeys{std::move(root), std::move(initiator_header),
                       std::move(responder_next_header)};
  }

 private:
  SecretBuffer input_key_;
  Result<void> valid_;
};

PqKind kind(const PqSignedPrekey::Public&) { return PqKind::signed_prekey; }
PqKind kind(const PqOneTimeKey::Public&) { return PqKind::one_time; }

PrekeyIds taken(const PeerPrekeys& theirs) {
  return std::visit(
      [&](const auto& pq) {
        return PrekeyIds{theirs.signed_prekey.id,
                         theirs.one_time_key ? theirs.one_time_key->id : kNoPrekey, kind(pq),
                         pq.id};
      },
      theirs.pq_prekey);
}

// A session of a device with itself would have the same associated data in both directions, and a
// message could be reflected.
bool is_same_device(const DeviceRecord& a, const DeviceRecord& b) {
  return DeviceAddress::of(a) == DeviceAddress::of(b);
}

const KemKeyPair& pq_pair(const OurPrekeys& ours) {
  return std::visit([](const auto* pq) -> const KemKeyPair& { return pq->pair; }, ours.pq_prekey);
}

}  // namespace

PrekeyIds OurPrekeys::ids() const {
  return std::visit(
      [&](const auto* pq) {
        return PrekeyIds{signed_prekey.id, one_time_key ? one_time_key->id : kNoPrekey,
                         kind(pq->public_half()), pq->id};
      },
      pq_prekey);
}

Result<InitiatorHandshake> initiate_handshake(const Device& ours, const PeerPrekeys& theirs) {
  if (is_same_device(ours.record, theirs.record)) return Errc::malformed;
  const auto& pq_key =
      std::visit([](const auto& pq) -> const KemPublicKey& { return pq.key; }, theirs.pq_prekey);
  const auto ephemeral = DhKeyPair::generate();
  const auto [ciphertext, shared_kem] = encapsulate(pq_key);

  HandshakeFields fields{{}, {ephemeral.public_key, taken(theirs)}, ciphertext};
  std::ranges::copy(ours.record.bytes(), fields.record.begin());
  std::optional<DhPublicKey> one_time_key;
  if (theirs.one_time_key) one_time_key = theirs.one_time_key->key;
  const auto t = transcript(
      fields, ResponderKeys{theirs.record, theirs.signed_prekey.key, one_time_key, pq_key});

  KeyMaterial material;
  material.add(ours.identity_key.secret_key, theirs.signed_prekey.key)
      .add(ephemeral.secret_key, theirs.record.identity_key())
      .add(ephemeral.secret_key, theirs.signed_prekey.key);
  if (one_time_key) material.add(ephemeral.secret_key, *one_time_key);
  auto keys = std::move(material).finish(shared_kem, t);
  if (!keys) return keys.error();
  return InitiatorHandshake{fields, t, std::move(*keys)};
}

Transcript transcript(const HandshakeFields& theirs, const OurPrekeys& ours) {
  std::optional<DhPublicKey> one_time_key;
  if (ours.one_time_key != nullptr) one_time_key = ours.one_time_key->pair.public_key;
  return transcript(theirs, ResponderKeys{ours.device.record, ours.signed_prekey.pair.public_key,
                                          one_time_key, pq_pair(ours).public_key});
}

Result<SessionKeys> respond_handshake(const OurPrekeys& ours, const HandshakeFields& fields,
                                      const DeviceRecord& record, const Transcript& transcript) {
  if (fields.origin.ids != ours.ids()) return Errc::unknown_prekey;
  if (is_same_device(ours.device.record, record)) return Errc::malformed;
  const auto& ephemeral = fields.origin.ephemeral;
  const auto& signed_prekey = ours.signed_prekey.pair.secret_key;

  KeyMaterial material;
  material.add(signed_prekey, record.identity_key())
      .add(ours.device.identity_key.secret_key, ephemeral)
      .add(signed_prekey, ephemeral);
  if (ours.one_time_key != nullptr) material.add(ours.one_time_key->pair.secret_key, ephemeral);
  return std::move(material).finish(decapsulate(pq_pair(ours).seed, fields.ciphertext), transcript);
}

}  // namespace bisik::crypto
