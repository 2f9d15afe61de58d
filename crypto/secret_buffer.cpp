#include "crypto/secret_buffer.hpp"

namespace bisik::crypto {

// A vector that grows leaves its old storage behind, so growth is done here, wiping as it goes.
SecretBuffer& SecretBuffer::append(ByteView part) {
  const auto needed = bytes_.size() + part.size();
  if (needed > bytes_.capacity()) {
    Bytes grown;
    grown.reserve(std::max(needed, 2 * bytes_.capacity()));
    grown.assign(bytes_.begin(), bytes_.end());
    wipe();
    bytes_.swap(grown);
  }
  bytes_.insert(bytes_.end(), part.begin(), part.end());
  return *this;
}

ByteView SecretReader::take(std::size_t n) noexcept {
  if (failed_ || n > rest_.size()) {
    failed_ = true;
    return {};
  }
  const auto part = rest_.first(n);
  rest_ = rest_.subspan(n);
  return part;
}

}  // namespace bisik::crypto
