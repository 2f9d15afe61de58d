// The one place where libsodium is started. Every main and every test calls it first.
#pragma once

namespace bisik::crypto {

// Throws std::runtime_error if the system has no source of randomness. May be called repeatedly.
void initialise();

}  // namespace bisik::crypto
