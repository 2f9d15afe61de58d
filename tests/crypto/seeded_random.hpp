// libsodium's generator, replaced while the object lives: the same seed gives the same bytes.
// One object at a time.
#pragma once

#include <sodium.h>

#include <cstdint>
#include <random>

namespace bisik::crypto {

class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) {
    generator().seed(seed);
    static randombytes_implementation seeded{
        .implementation_name = [] { return "seeded"; },
        .random = [] { return static_cast<std::uint32_t>(generator()() >> 32U); },
        .stir = nullptr,
        .uniform = nullptr,
        .buf =
            [](void* buffer, std::size_t size) {
              auto* const bytes = static_cast<std::uint8_t*>(buffer);
              for (std::size_t i = 0; i < size; ++i) {
                bytes[i] = static_cast<std::uint8_t>(generator()() >> 56U);
              }
            },
        .close = nullptr,
    };
    randombytes_set_implementation(&seeded);
  }
  ~SeededRandom() { randombytes_set_implementation(&randombytes_sysrandom_implementation); }
  SeededRandom(const SeededRandom&) = delete;
  SeededRandom& operator=(const SeededRandom&) = delete;

 private:
  static std::mt19937_64& generator() {
    static std::mt19937_64 one;
    return one;
  }
};

}  // namespace bisik::crypto
