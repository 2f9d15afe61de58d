// Which account goes on as which: a statement that the keys of both have signed.
//
//     old AK 32 | new AK 32 | created u64 | by old AK 64 | by new AK 64     (200 bytes)
//
// The old account's signature says "I am there now", the new one's "I was there", so that nobody
// can take over an account that he has no key of, nor push another into the place of one that it
// never was. Who moves carries the claim from one profile to the other, half signed.
#pragma once

#include "crypto/account.hpp"
#include "crypto/encoding.hpp"

namespace bisik::crypto {

// What a statement says before anybody has signed it.
struct SuccessorClaim {
  static constexpr std::size_t kSize = 72;
  VerifyKey old_key;
  VerifyKey new_key;  // not the old one
  UnixTime created;

  [[nodiscard]] ByteArray<kSize> encode() const;
  [[nodiscard]] Signature sign_as_old(const AccountKey& account) const;
  [[nodiscard]] Signature sign_as_new(const AccountKey& account) const;
  // bad_signature: not by that key, or for the other side.
  [[nodiscard]] Result<void> verify_by_old(const Signature& signature) const;
  [[nodiscard]] Result<void> verify_by_new(const Signature& signature) const;

  friend bool operator==(const SuccessorClaim&, const SuccessorClaim&) = default;
};

class SuccessorStatement {
 public:
  static constexpr std::size_t kSize = SuccessorClaim::kSize + 2 * std::tuple_size_v<Signature>;

  // The two halves, put together; verified as by parse().
  [[nodiscard]] static Result<SuccessorStatement> assemble(const SuccessorClaim& claim,
                                                           const Signature& by_old,
                                                           const Signature& by_new);

  // malformed: the length, the time, both keys the same. bad_signature: either of the two.
  [[nodiscard]] static Result<SuccessorStatement> parse(ByteView bytes);

  [[nodiscard]] const VerifyKey& old_key() const noexcept { return claim_.old_key; }
  [[nodiscard]] const VerifyKey& new_key() const noexcept { return claim_.new_key; }
  [[nodiscard]] UnixTime created() const noexcept { return claim_.created; }
  [[nodiscard]] std::span<const std::uint8_t, kSize> bytes() const noexcept { return bytes_; }

  friend bool operator==(const SuccessorStatement& a, const SuccessorStatement& b) noexcept {
    return a.bytes_ == b.bytes_;
  }

 private:
  SuccessorStatement() = default;

  ByteArray<kSize> bytes_;
  SuccessorClaim claim_;
};

}  // namespace bisik::crypto
