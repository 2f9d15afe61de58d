#include "crypto/state_epoch.hpp"

#include "crypto/encoding.hpp"
#include "crypto/random.hpp"

namespace bisik::crypto {
namespace {

constexpr std::size_t kCounterBytes = sizeof(std::uint64_t);
constexpr std::size_t kRandomBytes = 8;

Mac epoch_mac(const StateEpochKey& key, ByteView counter_and_random) {
  return blake2b_mac(key, personal::kStateEpoch, counter_and_random, {});
}

}  // namespace

StateEpoch StateEpoch::make(const StateEpochKey& key, std::uint64_t counter) {
  Encoder out{kSize};
  out.append_int(counter).append(random_array<kRandomBytes>());
  out.append(epoch_mac(key, out.bytes()));
  return {Decoder{out.bytes()}.take_array<kSize>()};
}

std::optional<std::uint64_t> StateEpoch::verify(const StateEpochKey& key, ByteView bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  const auto before = bytes.first<kCounterBytes + kRandomBytes>();
  if (!equal(epoch_mac(key, before), bytes.last<sizeof(Mac)>())) return std::nullopt;
  return Decoder{before}.take_int<std::uint64_t>();
}

}  // namespace bisik::crypto
