#include "crypto/bundle.hpp"

#include <cassert>

namespace bisik::crypto {
namespace {

Result<Bundle::Contents> decode(Decoder& in) {
  const auto sequence = in.take_int_between<std::uint64_t>(1, kMaxSequence);
  const auto created = in.take_time();
  const auto capabilities = in.take_int<std::uint32_t>();
  const QueueId mailbox{in.take_array<QueueId::kSize>()};
  const QueueId knock{in.take_array<QueueId::kSize>()};
  const auto seal = SealKey::Public::decode(in);
  if (!seal) return seal.error();
  const auto signed_prekey = SignedPrekey::Public::decode(in);
  if (!signed_prekey) return signed_prekey.error();
  const auto pq_signed_prekey = PqSignedPrekey::Public::decode(in);
  if (!pq_signed_prekey) return pq_signed_prekey.error();
  return Bundle::Contents{sequence, created, capabilities,   mailbox,
                          knock,    *seal,   *signed_prekey, *pq_signed_prekey};
}

}  // namespace

Bundle Bundle::create(const Device& device, const Contents& contents) {
  assert(contents.sequence >= 1 && contents.sequence <= kMaxSequence);
  Encoder out{kSize};
  out.append(device.record.hash());
  out.append_int(contents.sequence).append_time(contents.created);
  out.append_int(contents.capabilities).append(contents.mailbox.bytes).append(contents.knock.bytes);
  contents.seal.encode(out);
  contents.signed_prekey.encode(out);
  contents.pq_signed_prekey.encode(out);
  out.append(device.signing_key.sign(label::kBundle, out.bytes()));
  return parse(out.bytes(), device.record).value();
}

Result<Bundle> Bundle::parse(ByteView bytes, const DeviceRecord& record) {
  if (bytes.size() != kSize) return Errc::malformed;
  Decoder in{bytes};
  const auto record_hash = in.take_array<sizeof(Hash)>();
  const auto contents = decode(in);
  const auto signature = in.take_array<sizeof(Signature)>();
  if (!contents) return contents.error();
  if (!in.finish() || record_hash != record.hash()) return Errc::malformed;
  const auto verified =
      record.signing_key().verify(label::kBundle, bytes.first(kCanonicalSize), signature);
  if (!verified) return verified.error();
  return Bundle{Bytes(bytes.begin(), bytes.end()), *contents};
}

PrekeyId Bundle::signed_prekey_of(ByteView bytes) {
  constexpr auto kAt = sizeof(Hash) + 8 + 8 + 4 + 2 * QueueId::kSize + SealKey::Public::kSize;
  Decoder in{bytes.subspan(kAt)};
  return in.take_int<PrekeyId>();
}

std::uint64_t Bundle::next_sequence(std::uint64_t last, UnixTime now) {
  const auto seconds = std::max<std::int64_t>(now.time_since_epoch().count(), 1);
  return std::max(last + 1, static_cast<std::uint64_t>(seconds));
}

Result<void> Bundle::check_not_below(std::uint64_t highest_seen) const {
  if (contents_.sequence < highest_seen) return Errc::not_newer;
  return {};
}

}  // namespace bisik::crypto
