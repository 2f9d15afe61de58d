#include "crypto/device.hpp"

namespace bisik::crypto {

Device Device::create(const AccountKey& account, DeviceNumber number, UnixTime created) {
  auto signing_key = SigningKeyPair::generate();
  auto identity_key = DhKeyPair::generate();
  auto record =
      DeviceRecord::create(account, signing_key, identity_key.public_key, number, created);
  return {std::move(signing_key), std::move(identity_key), std::move(record)};
}

void Device::write(SecretBuffer& out) const {
  out.append(signing_key.seed()).append(identity_key.secret_key).append(record.bytes());
}

Result<Device> Device::read(SecretReader& in) {
  auto signing_key = SigningKeyPair::from(in.take_secret<SigningSeed>());
  auto identity_key = DhKeyPair::from(in.take_secret<DhSecretKey>());
  auto record = DeviceRecord::parse(in.take(DeviceRecord::kSize));
  if (!record) return record.error();
  if (record->signing_key() != signing_key.verify_key() ||
      record->identity_key() != identity_key.public_key) {
    return Errc::malformed;
  }
  return Device{std::move(signing_key), std::move(identity_key), std::move(*record)};
}

}  // namespace bisik::crypto
