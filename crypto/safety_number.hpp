// The safety number: what two people compare to know that nobody stands between them.
//
// 60 digits, the same on both sides: 30 from each account key, in the
// order of the hashes below. The
// construction is the numeric fingerprint of the Signal messengers, with our label and account ids:
//
//     h(0) = SHA-512(label || 0x00 || AK || account id || AK)
//     h(i) = SHA-512(h(i-1) || AK),  i = 1 ... 5,199
//     digits = the first 30 bytes of the last h, as six 40-bit big-endian numbers mod 100,000
//
// The QR code carries the first 32 bytes of both hashes instead: 256 bits rather than 99.
#pragma once

#include <string>

#include "crypto/account.hpp"

namespace bisik::crypto {

class SafetyNumber {
 public:
  static constexpr std::size_t kDigits = 60;
  static constexpr std::size_t kCodeSize = 1 + 32 + 32;  // version, then the halves in order

  // Takes a few milliseconds: ten thousand hashes, on purpose.
  [[nodiscard]] static SafetyNumber of(const VerifyKey& one, const VerifyKey& other);

  [[nodiscard]] const std::string& digits() const noexcept { return digits_; }
  [[nodiscard]] const ByteArray<kCodeSize>& code() const noexcept { return code_; }
  // Whether a scanned QR code is this safety number's. malformed: not a code of this version.
  [[nodiscard]] Result<bool> matches(ByteView scanned) const;

 private:
  SafetyNumber() = default;
  std::string digits_;
  ByteArray<kCodeSize> code_;
};

// The construction itself, apart so that it can be held against published values.
using Fingerprint = ByteArray<64>;
[[nodiscard]] Fingerprint fingerprint(ByteView prefix, ByteView key, ByteView id, int iterations);
[[nodiscard]] std::string fingerprint_digits(const Fingerprint& fingerprint);  // 30

}  // namespace bisik::crypto
