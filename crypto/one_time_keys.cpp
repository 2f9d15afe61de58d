#include "crypto/one_time_keys.hpp"

namespace bisik::crypto {
namespace {

template <class Key>
constexpr Label kLabel = label::kOneTimeKey;
template <>
constexpr Label kLabel<PqOneTimeKey> = label::kPqOneTimeKey;

// What is signed says also whose key it is; on the wire that is known from the context.
Bytes signed_bytes(const DeviceRecord& record, ByteView id_and_key) {
  Encoder out{sizeof(Hash) + id_and_key.size()};
  return std::move(out.append(record.hash()).append(id_and_key)).bytes();
}

}  // namespace

template <class Key>
SignedOneTimeKey<Key> SignedOneTimeKey<Key>::create(const Device& device, const Public& key) {
  Encoder out{kSize};
  key.encode(out);
  out.append(device.signing_key.sign(kLabel<Key>, signed_bytes(device.record, out.bytes())));
  return {out.bytes(), key};
}

template <class Key>
Result<SignedOneTimeKey<Key>> SignedOneTimeKey<Key>::parse(ByteView bytes,
                                                           const DeviceRecord& record) {
  if (bytes.size() != kSize) return Errc::malformed;
  Decoder in{bytes};
  const auto key = Public::decode(in);
  if (!key) return key.error();
  const auto signature = in.take_array<sizeof(Signature)>();
  const auto canonical = signed_bytes(record, bytes.first(Public::kSize));
  const auto verified = record.signing_key().verify(kLabel<Key>, canonical, signature);
  if (!verified) return verified.error();
  return SignedOneTimeKey{bytes, *key};
}

template class SignedOneTimeKey<OneTimeKey>;
template class SignedOneTimeKey<PqOneTimeKey>;

}  // namespace bisik::crypto
