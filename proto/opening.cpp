#include "proto/opening.hpp"

#include <algorithm>

#include "crypto/kdf.hpp"
#include "crypto/secret_buffer.hpp"

namespace bisik::proto {
namespace {

static_assert(std::tuple_size_v<crypto::Mac> == kOpeningMacBytes);

crypto::MacKey mac_key(const crypto::DhPublicKey& relay_key) {
  crypto::SecretBuffer input;
  input.append(relay_key.bytes);
  auto [key] = crypto::derive_keys<crypto::MacKey>({}, input, crypto::label::kOpeningMac);
  return std::move(key);
}

crypto::Mac mac(const crypto::MacKey& key, std::uint8_t pattern, ByteView noise_message) {
  return crypto::blake2b_mac(key, crypto::personal::kOpening, {&pattern, 1}, noise_message);
}

}  // namespace

OpeningMac::OpeningMac(const crypto::DhPublicKey& relay_key) : key_{mac_key(relay_key)} {}

Bytes OpeningMac::wrap(Pattern pattern, ByteView noise_message) const {
  const auto code = static_cast<std::uint8_t>(pattern);
  const auto tag = mac(key_, code, noise_message);
  Bytes opening(1 + kOpeningMacBytes + noise_message.size());
  opening[0] = code;
  std::ranges::copy(tag, opening.begin() + 1);
  std::ranges::copy(noise_message, opening.begin() + 1 + kOpeningMacBytes);
  return opening;
}

std::optional<Pattern> OpeningMac::check(ByteView opening) const {
  if (opening.size() < kMinOpeningBytes || opening.size() > kMaxOpeningBytes) return std::nullopt;
  const Pattern pattern{opening[0]};
  if (pattern != Pattern::xk && pattern != Pattern::nk) return std::nullopt;
  const auto genuine = mac(key_, opening[0], noise_message(opening));
  if (!crypto::equal(genuine, opening.subspan<1, kOpeningMacBytes>())) return std::nullopt;
  return pattern;
}

}  // namespace bisik::proto
