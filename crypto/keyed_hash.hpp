// A 32-byte keyed BLAKE2b (RFC 7693): names that say nothing to who has not the key.
#pragma once

#include "crypto/hash.hpp"
#include "crypto/labels.hpp"
#include "crypto/secret.hpp"

namespace bisik::crypto {

using HashKey = Secret<struct HashKeyTag, 32>;

// Over head || body; head must have a fixed width.
[[nodiscard]] Hash keyed_hash(const HashKey& key, Personal personal, ByteView head, ByteView body);

}  // namespace bisik::crypto
