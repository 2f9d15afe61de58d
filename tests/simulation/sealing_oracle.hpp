// Sees every AEAD encryption of the program and knows whether one key and nonce ever sealed two
// different things: what a copied state must never do (docs/protocol.md, 6.4). It stands between
// crypto/ and libsodium, where the linker has put it (CMakeLists.txt), so it sees keys as they are
// derived, after salts and nonces, whoever derives them. A cell that is sent again is not sealed
// again, and so not seen.
#pragma once

#include <cstddef>

namespace bisik::simulation {

struct Sealings {
  std::size_t seen = 0;      // pairs of key and nonce
  std::size_t repeated = 0;  // that sealed something else before
};

// Forgets what was seen before.
void watch_sealings();
// Since then.
[[nodiscard]] Sealings sealings();

}  // namespace bisik::simulation
