#include "crypto/device.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

Result<Device> read_back(const SecretBuffer& buffer) {
  SecretReader reader{buffer};
  auto device = Device::read(reader);
  EXPECT_TRUE(!device || reader.finish());
  return device;
}

TEST(Device, IsTheSameAfterWritingAndReading) {
  const Person alice;
  SecretBuffer buffer;
  alice.device.write(buffer);

  const auto again = read_back(buffer);

  ASSERT_TRUE(again);
  EXPECT_EQ(again->record, alice.device.record);
  EXPECT_EQ(again->number(), 1U);
  EXPECT_EQ(again->signing_key.verify_key(), alice.device.record.signing_key());
  EXPECT_TRUE(equal(again->identity_key.secret_key, alice.device.identity_key.secret_key));
}

TEST(Device, IsNotReadWithKeysThatItsRecordDoesNotName) {
  const Person alice;
  SecretBuffer wrong_signing_key;
  wrong_signing_key.append(SigningSeed::random());
  wrong_signing_key.append(alice.device.identity_key.secret_key);
  wrong_signing_key.append(alice.device.record.bytes());
  EXPECT_EQ(read_back(wrong_signing_key).error(), Errc::malformed);

  SecretBuffer wrong_identity_key;
  wrong_identity_key.append(alice.device.signing_key.seed());
  wrong_identity_key.append(DhSecretKey::random());
  wrong_identity_key.append(alice.device.record.bytes());
  EXPECT_EQ(read_back(wrong_identity_key).error(), Errc::malformed);
}

TEST(Device, IsNotReadFromTooFewBytes) {
  const Person alice;
  SecretBuffer buffer;
  buffer.append(alice.device.signing_key.seed()).append(alice.device.identity_key.secret_key);
  EXPECT_EQ(read_back(buffer).error(), Errc::malformed);
}

}  // namespace
}  // namespace bisik::crypto
