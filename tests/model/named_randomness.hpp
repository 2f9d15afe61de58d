// libsodium's randomness, replaced, so that every random byte of a transcript has a name: who has
// the transcript can compute each message again, in any language.
#pragma once

#include <random>
#include <span>

#include "tests/model/json.hpp"

namespace bisik::model {

struct Draw {
  const char* name;
  std::size_t size;
};

// One generator for a transcript that is being made.
using Source = std::mt19937_64;
[[nodiscard]] Bytes random_bytes(Source& source, std::size_t size);
[[nodiscard]] std::size_t below(Source& source, std::size_t bound);
[[nodiscard]] inline bool chance(Source& source, std::size_t percent) {
  return below(source, 100) < percent;
}

// While one lives, what libsodium draws are the fields of `names`, in this order and to the last
// byte. One at a time; outside of any, libsodium draws zeros.
class NamedRandomness {
 public:
  NamedRandomness(const Json& values, std::span<const Draw> names);
  NamedRandomness(const NamedRandomness&) = delete;
  NamedRandomness& operator=(const NamedRandomness&) = delete;
  ~NamedRandomness() noexcept(false);  // throws if bytes are left

  // Where a field is missing, a random one.
  static void complete(Json& values, std::span<const Draw> names, Source& source);
  // Before sodium_init().
  static void install();
};

}  // namespace bisik::model
