#include "crypto/safety_number.hpp"

#include <cassert>

namespace bisik::crypto {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kGroups = 6;
constexpr std::size_t kGroupBytes = 5;
constexpr std::size_t kCodeHalf = 32;

Fingerprint fingerprint_of(const VerifyKey& account_key) {
  Encoder prefix{label::kSafetyNumber.bytes().size() + kLabelEnd.size()};
  prefix.append(label::kSafetyNumber.bytes()).append(kLabelEnd);
  return fingerprint(prefix.bytes(), account_key.bytes, AccountId::of(account_key).bytes,
                     kSafetyNumberIterations);
}

Fingerprint hash_of(std::initializer_list<ByteView> parts) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  for (const auto part : parts) crypto_hash_sha512_update(&state, part.data(), part.size());
  Fingerprint out;
  crypto_hash_sha512_final(&state, out.data());
  return out;
}

}  // namespace

Fingerprint fingerprint(ByteView prefix, ByteView key, ByteView id, int iterations) {
  assert(iterations >= 1);
  auto out = hash_of({prefix, key, id, key});
  for (int i = 1; i < iterations; ++i) out = hash_of({out, key});
  return out;
}

std::string fingerprint_digits(const Fingerprint& fingerprint) {
  std::string digits;
  for (std::size_t group = 0; group < kGroups; ++group) {
    std::uint64_t value = 0;
    for (const auto byte : ByteView{fingerprint}.subspan(group * kGroupBytes, kGroupBytes)) {
      value = (value << 8U) | byte;
    }
    const auto text = std::to_string(value % 100'000);
    digits.append(5 - text.size(), '0').append(text);
  }
  return digits;
}

SafetyNumber SafetyNumber::of(const VerifyKey& one, const VerifyKey& other) {
  auto lower = fingerprint_of(one);
  auto higher = fingerprint_of(other);
  if (higher < lower) std::swap(lower, higher);

  SafetyNumber number;
  number.digits_ = fingerprint_digits(lower) + fingerprint_digits(higher);
  number.code_[0] = kVersion;
  std::ranges::copy(ByteView{lower}.first(kCodeHalf), number.code_.begin() + 1);
  std::ranges::copy(ByteView{higher}.first(kCodeHalf), number.code_.begin() + 1 + kCodeHalf);
  return number;
}

Result<bool> SafetyNumber::matches(ByteView scanned) const {
  if (scanned.size() != kCodeSize || scanned[0] != kVersion) return Errc::malformed;
  return std::ranges::equal(scanned, code_);
}

}  // namespace bisik::crypto
