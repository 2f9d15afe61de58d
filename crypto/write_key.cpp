#include "crypto/write_key.hpp"

#include "crypto/kdf.hpp"

namespace bisik::crypto {

QueueId QueueId::random() {
  QueueId id;
  randombytes_buf(id.bytes.data(), id.bytes.size());
  return id;
}

Result<QueueId> QueueId::parse(ByteView encoded) {
  if (encoded.size() != kSize) return Errc::malformed;
  QueueId id;
  std::ranges::copy(encoded, id.bytes.begin());
  return id;
}

Capability write_key(const Capability& account_write_secret, const QueueId& queue) {
  using Key = Secret<struct WriteKeyTag, Capability::kSize>;
  const auto key = Key::fill([&](auto out) {
    hkdf_sha256(account_write_secret.bytes(), queue.bytes, label::kWriteKey.bytes(), out);
  });
  return Capability::parse(key.expose()).value();
}

}  // namespace bisik::crypto
