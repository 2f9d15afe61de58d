// A device that is linked: code, offer, reveal, digits, grant, record.
//
// A linking is a JSON object (tests/vectors/README.md). Played, it drives both sides of
// crypto/linking.hpp and adds what came out, and how each side refuses the cells that are offered
// to it before. Playing one that has all that already gives the same bytes.
#pragma once

#include "crypto/linking.hpp"
#include "tests/model/named_randomness.hpp"

namespace bisik::model {

// What the new device draws, then the primary; and each for a cell.
inline constexpr std::array kNewDeviceDraws{Draw{"signing_seed", 32}, Draw{"identity_private", 32},
                                            Draw{"secret", 32}, Draw{"ephemeral_private", 32},
                                            Draw{"nonce", 32}};
inline constexpr std::array kPrimaryDraws{Draw{"ephemeral_private", 32}, Draw{"nonce", 32}};
inline constexpr std::array kCellDraws{Draw{"salt", 16}};

// What the cell of `bad` is: given, or a genuine one as an edit leaves it.
[[nodiscard]] Bytes cell_of(const Json& bad, const Json& genuine);

void play_linking(Json& linking);

}  // namespace bisik::model
