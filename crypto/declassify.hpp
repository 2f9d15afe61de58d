// Says in the code where something computed from a secret becomes public, because it is about to be
// published. It is nothing but documentation, except to the proof of constant time
// (tests/crypto/constant_time.cpp), in whose build it tells valgrind.
#pragma once

#include <concepts>

#include "crypto/bytes.hpp"

#ifdef BISIK_CONSTANT_TIME_PROOF
#include <valgrind/memcheck.h>
#endif

namespace bisik::crypto {

inline void declassify([[maybe_unused]] ByteView published) noexcept {
#ifdef BISIK_CONSTANT_TIME_PROOF
  VALGRIND_MAKE_MEM_DEFINED(published.data(), published.size());
#endif
}

// Of a status or a length, which what is done next will show.
template <std::integral Int>
void declassify(const Int& shown) noexcept {
  declassify({reinterpret_cast<const std::uint8_t*>(&shown), sizeof shown});
}

}  // namespace bisik::crypto
