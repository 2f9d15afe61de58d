#include "crypto/stamp.hpp"

#include <bit>

#include "crypto/encoding.hpp"
#include "crypto/random.hpp"

namespace bisik::crypto {
namespace {

// All but the nonce, which every try adds to a copy: one block of SHA-256 each.
LabelledHash begin_stamp(const QueueId& queue, Day day, const Hash& cell) {
  const auto days = static_cast<std::uint32_t>(day.time_since_epoch().count());
  LabelledHash begun{label::kKnockStamp};
  begun.update(queue.bytes).update(big_endian(days)).update(cell);
  return begun;
}

bool is_stamp(LabelledHash begun, std::uint64_t nonce, int bits) {
  const Hash hash = begun.update(big_endian(nonce)).finish();
  const auto head = Decoder{hash}.take_int<std::uint64_t>();
  return nonce != 0 && std::countl_zero(head) >= bits;
}

}  // namespace

StampSearch::StampSearch(const QueueId& queue, Day day, const Hash& cell)
    : begun_{begin_stamp(queue, day, cell)},
      next_{Decoder{random_array<sizeof(std::uint64_t)>()}.take_int<std::uint64_t>()} {}

std::optional<std::uint64_t> StampSearch::try_some(std::uint64_t tries, int bits) {
  for (; tries > 0; --tries) {
    const auto nonce = next_++;
    if (is_stamp(begun_, nonce, bits)) return nonce;
  }
  return std::nullopt;
}

bool check_stamp(const QueueId& queue, Day day, const Hash& cell, std::uint64_t stamp, int bits) {
  return is_stamp(begin_stamp(queue, day, cell), stamp, bits);
}

}  // namespace bisik::crypto
