// A person whose keys are always the same, so that a corpus made once keeps verifying, and who
// signs what the fuzzer invents: without that every mutation would end at the signature.
#pragma once

#include <algorithm>
#include <cstdlib>

#include "crypto/bundle.hpp"
#include "crypto/device_list.hpp"
#include "crypto/one_time_keys.hpp"

namespace bisik::crypto::fuzz {

template <class S>
S fixed_secret(std::uint8_t byte) {
  return S::fill([byte](auto out) { std::ranges::fill(out, byte); });
}

inline AccountKey fixed_account(std::uint8_t byte) {
  SecretBuffer seed;
  seed.append(fixed_secret<SigningSeed>(byte));
  SecretReader reader{seed};
  return AccountKey::read(reader).value();
}
// Of somebody else, or of the same person later.
inline AccountKey another_account() { return fixed_account(4); }

inline Device fixed_device(const AccountKey& account, DeviceNumber number) {
  auto signing_key = SigningKeyPair::from(fixed_secret<SigningSeed>(2));
  auto identity_key = DhKeyPair::from(fixed_secret<DhSecretKey>(3));
  auto record =
      DeviceRecord::create(account, signing_key, identity_key.public_key, number, UnixTime{});
  return {std::move(signing_key), std::move(identity_key), std::move(record)};
}

struct Identity {
  AccountKey account = fixed_account(1);
  Device device = fixed_device(account, 1);
};

inline const Identity& identity() {
  static const Identity one;
  return one;
}

// Stops the process, in every build: a finding.
inline void require(bool holds) {
  if (!holds) std::abort();
}

// `bytes` with `part` written over them from `at` on, as far as there are bytes.
inline void overwrite(Bytes& bytes, std::size_t at, ByteView part) {
  for (std::size_t i = 0; i < part.size() && at + i < bytes.size(); ++i) bytes[at + i] = part[i];
}

// All but the last 64 bytes signed anew.
inline void sign_again(Bytes& bytes, const SigningKeyPair& key, Label label) {
  if (bytes.size() < sizeof(Signature)) return;
  const auto canonical = bytes.size() - sizeof(Signature);
  overwrite(bytes, canonical, key.sign(label, ByteView{bytes}.first(canonical)));
}

}  // namespace bisik::crypto::fuzz
