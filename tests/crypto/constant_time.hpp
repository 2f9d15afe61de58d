// The proof that time does not depend on secrets: under valgrind, every random byte that libsodium
// gives out counts as undefined, and so does what is computed from it; a branch or an index that
// depends on one is reported. What an operation publishes it declassifies, as the program it stands
// for would, before anyone looks at it.
//
// An operation is a function in the table of constant_time.cpp. It runs once, on good input, and
// asserts that it worked.
#pragma once

#include <valgrind/memcheck.h>

#include <cassert>

#include "crypto/declassify.hpp"
#include "crypto/secret.hpp"

#ifndef BISIK_CONSTANT_TIME_PROOF
#error "built by constant_time.sh alone: otherwise crypto/ does not tell valgrind what it publishes"
#endif

namespace bisik::crypto {

// Asserts that valgrind followed the secret this far: a detector that lost it would report nothing.
inline void assert_still_secret(ByteView bytes) {
  ByteArray<64> undefined_bits{};
  assert(bytes.size() <= undefined_bits.size());
  [[maybe_unused]] const auto known =
      VALGRIND_GET_VBITS(bytes.data(), undefined_bits.data(), bytes.size());
  assert(known == 1);
  for (std::size_t i = 0; i < bytes.size(); ++i) assert(undefined_bits[i] == 0xff);
}

// constant_time_mlkem.cpp
void mlkem_keygen();
void mlkem_encapsulate();
void mlkem_decapsulate();
void mlkem_decapsulate_corrupted();

// constant_time_sessions.cpp
void handshake();
void seal_opened();
void seal_refused();
void ratchet_turns();
void ratchet_skips();
void ratchet_refuses();

// constant_time_linking.cpp
void linking();
void linking_refused();

// constant_time_backup.cpp
void recovery_code();
void recovery_code_refused();
void backup();
void backup_refused();

}  // namespace bisik::crypto
