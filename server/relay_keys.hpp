// The keys that make a relay this relay, and the file that holds them:
//
//     Noise secret 32 | RS seed 32 | Noise public 32 | RS public 32          (128 bytes, mode 0600)
//
// The public halves are there so that a damaged file is found out, instead of making another relay
// that nobody knows. Whoever loses this file loses the address under which everybody knows the
// relay. Throws Problem.
#pragma once

#include <filesystem>

#include "crypto/dh.hpp"
#include "crypto/locked.hpp"
#include "proto/connection.hpp"

namespace bisik::server {

// The relay's half of every handshake, with its static key in locked memory. Makes new keys where
// there is no file.
[[nodiscard]] crypto::Locked<proto::Reception> open_reception(const std::filesystem::path& path);

// For links.
[[nodiscard]] crypto::DhPublicKey read_public_key(const std::filesystem::path& path);

}  // namespace bisik::server
