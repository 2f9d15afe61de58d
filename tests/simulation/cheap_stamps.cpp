#include "tests/simulation/cheap_stamps.hpp"

#include <algorithm>

#include "crypto/stamp.hpp"

namespace bisik::simulation {
namespace {

constexpr int kCheapBits = 8;

int& most_bits() {
  static int bits = crypto::kStampBits;
  return bits;
}

}  // namespace

void make_stamps_cheap() { most_bits() = kCheapBits; }

// Under the names that the linker asks for where these two are called (CMakeLists.txt).
using Found = std::optional<std::uint64_t>;
Found search(crypto::StampSearch& with, std::uint64_t tries,
             int bits) asm("__wrap_" BISIK_TRY_SOME);
Found really_search(crypto::StampSearch& with, std::uint64_t tries,
                    int bits) asm("__real_" BISIK_TRY_SOME);
bool check(const crypto::QueueId& queue, crypto::Day day, const crypto::Hash& cell,
           std::uint64_t stamp, int bits) asm("__wrap_" BISIK_CHECK_STAMP);
bool really_check(const crypto::QueueId& queue, crypto::Day day, const crypto::Hash& cell,
                  std::uint64_t stamp, int bits) asm("__real_" BISIK_CHECK_STAMP);

Found search(crypto::StampSearch& with, std::uint64_t tries, int bits) {
  return really_search(with, tries, std::min(bits, most_bits()));
}

bool check(const crypto::QueueId& queue, crypto::Day day, const crypto::Hash& cell,
           std::uint64_t stamp, int bits) {
  return really_check(queue, day, cell, stamp, std::min(bits, most_bits()));
}

}  // namespace bisik::simulation
