// Says in the code where something computed from a secret becomes public, because it is about to be
// published. It is nothing but documentation, except to the proof of constant time
// (tests/crypto/constant_time.cpp), in whose build it tells valgrind.
#pragma once

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

}  // namespace bisik::crypto
