#include "crypto/device_record.hpp"

#include <cassert>

namespace bisik::crypto {
namespace {

struct Signatures {
  Signature by_account, by_device;
};

Result<void> verify(const DeviceRecord& record, ByteView canonical, const Signatures& signatures) {
  if (auto verified = record.account_key().verify(label::kDeviceRecordByAccount, canonical,
                                                  signatures.by_account);
      !verified) {
    return verified;
  }
  return record.signing_key().verify(label::kDeviceRecordByDevice, canonical, signatures.by_device);
}

}  // namespace

DeviceRecord DeviceRecord::create(const AccountKey& account, const SigningKeyPair& device,
                                  const DhPublicKey& identity, DeviceNumber number,
                                  UnixTime created) {
  assert(number >= 1 && number <= kMaxDeviceNumber);
  Encoder out{kSize};
  out.append(account.verify_key().bytes).append(device.verify_key().bytes).append(identity.bytes);
  out.append_int(number).append_time(created);
  const auto by_account = account.sign(label::kDeviceRecordByAccount, out.bytes());
  const auto by_device = device.sign(label::kDeviceRecordByDevice, out.bytes());
  out.append(by_account).append(by_device);
  return parse(out.bytes()).value();
}

Result<DeviceRecord> DeviceRecord::parse(ByteView bytes) {
  if (bytes.size() != kSize) return Errc::malformed;
  DeviceRecord record;
  std::ranges::copy(bytes, record.bytes_.begin());

  Decoder in{bytes};
  record.account_key_ = {in.take_array<VerifyKey::kSize>()};
  record.signing_key_ = {in.take_array<VerifyKey::kSize>()};
  const auto identity_key = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  record.number_ = in.take_int_between<DeviceNumber>(1, kMaxDeviceNumber);
  record.created_ = in.take_time();
  const Signatures signatures{in.take_array<64>(), in.take_array<64>()};
  if (!in.finish() || record.account_key_ == record.signing_key_) return Errc::malformed;
  if (!identity_key) return identity_key.error();
  record.identity_key_ = *identity_key;

  if (auto verified = verify(record, record.canonical(), signatures); !verified) {
    return verified.error();
  }
  return record;
}

Hash DeviceRecord::hash() const {
  return LabelledHash{label::kDeviceRecordHash}.update(bytes_).finish();
}

}  // namespace bisik::crypto
