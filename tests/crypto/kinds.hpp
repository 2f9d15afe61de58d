// One valid object of every kind that crypto/ can decode or verify, and what decodes it: for the
// test that none is taken for another.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crypto/bytes.hpp"

namespace bisik::crypto {

// What a decoder knows an object of its kind by.
enum class KnownBy {
  proof,   // a signature, a tag, a MAC, a checksum: nothing else passes, whatever its size
  layout,  // size and ranges alone: it is kept, or travels, inside of something with a proof
};

struct Kind {
  std::string name;
  Bytes valid;
  KnownBy known_by;
  std::function<bool(ByteView)> accepts;
};

[[nodiscard]] std::vector<Kind> signed_kinds();
[[nodiscard]] std::vector<Kind> session_kinds();
[[nodiscard]] std::vector<Kind> linking_kinds();
[[nodiscard]] std::vector<Kind> profile_kinds();

}  // namespace bisik::crypto
