// The language of transcripts: JSON objects whose byte strings are lower-case hex, and the words
// for what is refused. docs/protocol.md 6.6 and tests/vectors/README.md define them.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/bytes.hpp"
#include "crypto/error.hpp"
#include "crypto/secret.hpp"

namespace bisik::model {

using crypto::Bytes;
using crypto::ByteView;
using Json = nlohmann::ordered_json;

[[nodiscard]] Json to_json(ByteView bytes);
// Throws where there is no such field or it is not hex.
[[nodiscard]] Bytes bytes_of(const Json& object, const char* field);

template <std::size_t N>
[[nodiscard]] crypto::ByteArray<N> array_of(const Json& object, const char* field) {
  const auto bytes = bytes_of(object, field);
  if (bytes.size() != N) throw std::runtime_error{std::string{field} + " has another length"};
  crypto::ByteArray<N> array;
  std::ranges::copy(bytes, array.begin());
  return array;
}

template <class S>
[[nodiscard]] S secret_of(const Json& object, const char* field) {
  const auto bytes = array_of<S::kSize>(object, field);
  return S::fill([&](auto out) { std::ranges::copy(bytes, out.begin()); });
}

// What came over the wire, as an edit leaves it: {"keep": n} bytes, or {"at": i, "xor": v}.
[[nodiscard]] Bytes edited(Bytes wire, const Json& edit);

// Writes `content` or `refused` into the object.
void put_outcome(Json& object, const crypto::Result<Bytes>& outcome);

}  // namespace bisik::model
