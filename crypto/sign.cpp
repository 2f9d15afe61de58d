#include "crypto/sign.hpp"

#include <cassert>

#include "crypto/declassify.hpp"

namespace bisik::crypto {
namespace {

Bytes labelled(Label label, ByteView canonical) {
  Bytes message(label.bytes().begin(), label.bytes().end());
  message.push_back(kLabelEnd[0]);
  message.insert(message.end(), canonical.begin(), canonical.end());
  return message;
}

}  // namespace

bool verify_unlabelled(const VerifyKey& key, ByteView message, ByteView signature) {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.bytes.data()) == 0;
}

Result<VerifyKey> VerifyKey::parse(ByteView encoded) {
  VerifyKey key;
  if (encoded.size() != kSize) return Errc::malformed;
  std::ranges::copy(encoded, key.bytes.begin());
  return key;
}

Result<void> VerifyKey::verify(Label label, ByteView canonical, const Signature& signature) const {
  if (!verify_unlabelled(*this, labelled(label, canonical), signature)) return Errc::bad_signature;
  return {};
}

SigningKeyPair SigningKeyPair::from(const SigningSeed& seed) {
  VerifyKey verify_key;
  auto secret_key = SecretKey::fill([&](auto out) {
    const int status =
        crypto_sign_seed_keypair(verify_key.bytes.data(), out.data(), seed.expose().data());
    assert(status == 0);
    static_cast<void>(status);
  });
  declassify(verify_key.bytes);
  return {std::move(secret_key), verify_key};
}

Signature SigningKeyPair::sign(Label label, ByteView canonical) const {
  const auto message = labelled(label, canonical);
  Signature signature;
  const int status = crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                                          secret_key_.expose().data());
  assert(status == 0);
  static_cast<void>(status);
  declassify(signature);
  return signature;
}

SigningSeed SigningKeyPair::seed() const {
  return SigningSeed::fill([&](auto out) {
    const int status = crypto_sign_ed25519_sk_to_seed(out.data(), secret_key_.expose().data());
    assert(status == 0);
    static_cast<void>(status);
  });
}

}  // namespace bisik::crypto
