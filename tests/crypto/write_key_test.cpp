#include "crypto/write_key.hpp"

#include <gtest/gtest.h>

#include "crypto/kdf.hpp"

namespace bisik::crypto {
namespace {

TEST(WriteKey, IsDerivedFromTheSecretWithTheQueueAsSalt) {
  const auto secret = Capability::random();
  const auto queue = QueueId::random();
  ByteArray<32> expected;
  hkdf_sha256(secret.bytes(), queue.bytes, as_bytes("bisik/1 write key"), expected);
  EXPECT_TRUE(write_key(secret, queue) == Capability::parse(expected).value());
}

TEST(WriteKey, DiffersForEachQueueAndEachSecret) {
  const auto secret = Capability::random();
  const auto queue = QueueId::random();
  const auto key = write_key(secret, queue);
  EXPECT_TRUE(key == write_key(secret, queue));
  EXPECT_FALSE(key == write_key(secret, QueueId::random()));
  EXPECT_FALSE(key == write_key(Capability::random(), queue));
}

TEST(QueueId, IsParsedFromExactly32Bytes) {
  const auto queue = QueueId::random();
  EXPECT_EQ(QueueId::parse(queue.bytes).value(), queue);
  EXPECT_EQ(QueueId::parse(ByteArray<31>{}).error(), Errc::malformed);
  EXPECT_EQ(QueueId::parse(ByteArray<33>{}).error(), Errc::malformed);
}

}  // namespace
}  // namespace bisik::crypto
