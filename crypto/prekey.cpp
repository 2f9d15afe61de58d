#include "crypto/prekey.hpp"

namespace bisik::crypto {

PrekeyId random_prekey_id() {
  PrekeyId id = kNoPrekey;
  while (id == kNoPrekey) randombytes_buf(&id, sizeof id);
  return id;
}

void write_pair(SecretBuffer& out, const DhKeyPair& pair) { out.append(pair.secret_key); }

void write_pair(SecretBuffer& out, const KemKeyPair& pair) { out.append(pair.seed); }

template <>
DhKeyPair read_pair<DhKeyPair>(SecretReader& in) {
  return DhKeyPair::from(in.take_secret<DhSecretKey>());
}

template <>
KemKeyPair read_pair<KemKeyPair>(SecretReader& in) {
  return KemKeyPair::from(in.take_secret<KemSeed>());
}

Result<SealKey::Public> SealKey::Public::decode(Decoder& in) {
  const auto dh = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  const auto kem = KemPublicKey::parse(in.take(KemPublicKey::kSize));
  if (in.failed()) return Errc::malformed;
  if (!dh) return dh.error();
  if (!kem) return kem.error();
  return Public{*dh, *kem};
}

void SealKey::write(SecretBuffer& out) const {
  write_pair(out, dh);
  write_pair(out, kem);
}

Result<SealKey> SealKey::read(SecretReader& in) {
  auto dh = read_pair<DhKeyPair>(in);
  auto kem = read_pair<KemKeyPair>(in);
  if (in.failed()) return Errc::malformed;
  return SealKey{std::move(dh), std::move(kem)};
}

}  // namespace bisik::crypto
