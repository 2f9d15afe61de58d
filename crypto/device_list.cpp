#include "crypto/device_list.hpp"

#include <cassert>

namespace bisik::crypto {
namespace {

constexpr Hash kNoPrevious{};

bool renames_a_device(const DeviceList& seen, const DeviceList& next) {
  return std::ranges::any_of(next.records(), [&](const DeviceRecord& record) {
    const auto* known = seen.find(record.number());
    return known != nullptr && *known != record;
  });
}

}  // namespace

DeviceList DeviceList::first(const AccountKey& account, UnixTime created, DeviceRecord record) {
  return sign(account, 1, created, kNoPrevious, {std::move(record)});
}

DeviceList DeviceList::next(const AccountKey& account, UnixTime created,
                            std::vector<DeviceRecord> records) const {
  assert(account.verify_key() == account_key_ && sequence_ < kMaxSequence);
  return sign(account, sequence_ + 1, created, hash(), std::move(records));
}

DeviceList DeviceList::sign(const AccountKey& account, std::uint64_t sequence, UnixTime created,
                            const Hash& previous, std::vector<DeviceRecord> records) {
  assert(!records.empty() && records.size() <= kMaxDevices);
  std::ranges::sort(records, {}, &DeviceRecord::number);
  Encoder out{kMaxSize};
  out.append(account.verify_key().bytes).append_int(sequence).append_time(created);
  out.append(previous).append_int(static_cast<std::uint8_t>(records.size()));
  for (const auto& record : records) out.append(record.bytes());
  out.append(account.sign(label::kDeviceList, out.bytes()));
  return parse(out.bytes()).value();
}

Result<DeviceList> DeviceList::parse(ByteView bytes) {
  if (bytes.size() < kFixedSize || bytes.size() > kMaxSize) return Errc::malformed;
  DeviceList list;
  list.bytes_.assign(bytes.begin(), bytes.end());
  const auto canonical = bytes.first(bytes.size() - sizeof(Signature));

  Decoder in{bytes};
  if (auto decoded = list.decode(in); !decoded) return decoded.error();
  const auto signature = in.take_array<sizeof(Signature)>();
  if (!in.finish()) return Errc::malformed;
  const auto verified = list.account_key_.verify(label::kDeviceList, canonical, signature);
  if (!verified) return verified.error();
  return list;
}

Result<void> DeviceList::decode(Decoder& in) {
  account_key_ = {in.take_array<VerifyKey::kSize>()};
  sequence_ = in.take_int_between<std::uint64_t>(1, kMaxSequence);
  created_ = in.take_time();
  previous_ = in.take_array<sizeof(Hash)>();
  const auto count = in.take_int_between<std::uint8_t>(1, kMaxDevices);
  if (in.left() != count * DeviceRecord::kSize + sizeof(Signature)) return Errc::malformed;
  if ((sequence_ == 1) != (previous_ == kNoPrevious)) return Errc::malformed;

  for (std::size_t i = 0; i < count; ++i) {
    auto record = DeviceRecord::parse(in.take(DeviceRecord::kSize));
    if (!record) return record.error();
    if (record->account_key() != account_key_) return Errc::malformed;
    if (i > 0 && record->number() <= records_.back().number()) return Errc::malformed;
    records_.push_back(std::move(*record));
  }
  return {};
}

const DeviceRecord* DeviceList::find(DeviceNumber number) const noexcept {
  const auto found = std::ranges::find(records_, number, &DeviceRecord::number);
  return found == records_.end() ? nullptr : &*found;
}

Hash DeviceList::hash_of(ByteView bytes) {
  return LabelledHash{label::kDeviceListHash}.update(bytes).finish();
}

Result<Succession> check_successor(const DeviceList& seen, const DeviceList& next) {
  if (next.account_key() != seen.account_key()) return Errc::bad_signature;
  if (next.sequence() < seen.sequence()) return Errc::not_newer;
  if (next.sequence() == seen.sequence()) {
    return next.hash() == seen.hash() ? Errc::not_newer : Errc::conflicting;
  }
  if (renames_a_device(seen, next)) return Errc::conflicting;
  if (next.sequence() - seen.sequence() > 1) return Succession::with_gap;
  if (next.previous() != seen.hash()) return Errc::conflicting;
  return Succession::direct;
}

}  // namespace bisik::crypto
