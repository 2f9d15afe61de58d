#include "crypto/device.hpp"

namespace bisik::crypto {

DeviceKeys DeviceKeys::generate() {
  auto signing_key = SigningKeyPair::generate();
  return {std::move(signing_key), DhKeyPair::generate()};
}

Device Device::create(const AccountKey& account, DeviceNumber number, UnixTime created) {
  auto keys = DeviceKeys::generate();
  const auto record = DeviceRecord::create(account, keys.signing_key, keys.identity_key.public_key,
                                           number, created);
  return join(std::move(keys), record).value();
}

Result<Device> Device::join(DeviceKeys keys, const DeviceRecord& record) {
  if (record.signing_key() != keys.signing_key.verify_key() ||
      record.identity_key() != keys.identity_key.public_key) {
    return Errc::malformed;
  }
  return Device{std::move(keys.signing_key), std::move(keys.identity_key), record};
}

void Device::write(SecretBuffer& out) const {
  out.append(signing_key.seed()).append(identity_key.secret_key).append(record.bytes());
}

Result<Device> Device::read(SecretReader& in) {
  auto signing_key = SigningKeyPair::from(in.take_secret<SigningSeed>());
  auto identity_key = DhKeyPair::from(in.take_secret<DhSecretKey>());
  const auto record = DeviceRecord::parse(in.take(DeviceRecord::kSize));
  if (!record) return record.error();
  return join({std::move(signing_key), std::move(identity_key)}, *record);
}

}  // namespace bisik::crypto
