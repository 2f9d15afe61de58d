#include "crypto/device_record.hpp"

#include <cassert>

namespace bisik::crypto {

ByteArray<DeviceStatement::kSize> DeviceStatement::encode() const {
  Encoder out{kSize};
  out.append(account_key.bytes).append(signing_key.bytes).append(identity_key.bytes);
  out.append_int(number).append_time(created);
  ByteArray<kSize> encoded;
  std::ranges::copy(out.bytes(), encoded.begin());
  return encoded;
}

Signature DeviceStatement::sign(const AccountKey& account) const {
  assert(account.verify_key() == account_key);
  return account.sign(label::kDeviceRecordByAccount, encode());
}

Signature DeviceStatement::sign(const SigningKeyPair& device) const {
  assert(device.verify_key() == signing_key);
  return device.sign(label::kDeviceRecordByDevice, encode());
}

Result<void> DeviceStatement::verify_by_account(const Signature& signature) const {
  return account_key.verify(label::kDeviceRecordByAccount, encode(), signature);
}

Result<void> DeviceStatement::verify_by_device(const Signature& signature) const {
  return signing_key.verify(label::kDeviceRecordByDevice, encode(), signature);
}

DeviceRecord DeviceRecord::create(const AccountKey& account, const SigningKeyPair& device,
                                  const DhPublicKey& identity, DeviceNumber number,
                                  UnixTime created) {
  assert(number >= 1 && number <= kMaxDeviceNumber);
  const DeviceStatement statement{account.verify_key(), device.verify_key(), identity, number,
                                  created};
  return assemble(statement, statement.sign(account), statement.sign(device)).value();
}

Result<DeviceRecord> DeviceRecord::assemble(const DeviceStatement& statement,
                                            const Signature& by_account,
                                            const Signature& by_device) {
  Encoder out{kSize};
  out.append(statement.encode()).append(by_account).append(by_device);
  return parse(out.bytes());
}

Result<DeviceRecord> DeviceRecord::parse(ByteView bytes) {
  if (bytes.size() != kSize) return Errc::malformed;
  DeviceRecord record;
  std::ranges::copy(bytes, record.bytes_.begin());
  auto& statement = record.statement_;

  Decoder in{bytes};
  statement.account_key = {in.take_array<VerifyKey::kSize>()};
  statement.signing_key = {in.take_array<VerifyKey::kSize>()};
  const auto identity_key = DhPublicKey::parse(in.take(DhPublicKey::kSize));
  statement.number = in.take_int_between<DeviceNumber>(1, kMaxDeviceNumber);
  statement.created = in.take_time();
  const auto by_account = in.take_array<sizeof(Signature)>();
  const auto by_device = in.take_array<sizeof(Signature)>();
  if (!in.finish() || statement.account_key == statement.signing_key) return Errc::malformed;
  if (!identity_key) return identity_key.error();
  statement.identity_key = *identity_key;

  if (auto ok = statement.verify_by_account(by_account); !ok) return ok.error();
  if (auto ok = statement.verify_by_device(by_device); !ok) return ok.error();
  return record;
}

Hash DeviceRecord::hash() const {
  return LabelledHash{label::kDeviceRecordHash}.update(bytes_).finish();
}

}  // namespace bisik::crypto
