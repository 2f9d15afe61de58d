// A recovery code, what people type for it, and a backup under it.
//
// A backup is a JSON object (tests/vectors/README.md). Played, it drives crypto/recovery_code.hpp
// and crypto/backup.hpp and adds what came out. Playing one that has all that already gives the
// same bytes.
#pragma once

#include <array>

#include "tests/model/named_randomness.hpp"

namespace bisik::model {

inline constexpr std::array kCodeDraws{Draw{"recovery_code", 16}};
inline constexpr std::array kBackupDraws{Draw{"salt", 16}, Draw{"stream_header", 24}};

void play_backup(Json& backup);

}  // namespace bisik::model
