#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

// A vector that grows leaves its old storage behind, so growth is done here: both parts are copied
// to the new place before the old one is wiped.
SecretBuffer& SecretBuffer::append(ByteView part) {
  const auto needed = bytes_.size() + part.size();
  if (needed <= bytes_.capacity()) {
    const auto written = bytes_.size();
    bytes_.resize(needed);
    std::ranges::copy(part, bytes_.data() + written);
    return *this;
  }
  Bytes grown;
  grown.reserve(std::max(needed, 2 * bytes_.capacity()));
  grown.assign(bytes_.begin(), bytes_.end());
  grown.insert(grown.end(), part.begin(), part.end());
  wipe();
  bytes_.swap(grown);
  return *this;
}

}  // namespace bisik::crypto
