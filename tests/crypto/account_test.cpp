#include "crypto/account.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"

namespace bisik::crypto {
namespace {

TEST(AccountId, IsTheLabelledHashOfTheAccountKey) {
  const auto account = AccountKey::generate();
  Bytes hashed;
  for (const char c : std::string_view{"bisik/1 account id"}) {
    hashed.push_back(static_cast<std::uint8_t>(c));
  }
  hashed.push_back(0);
  hashed.insert(hashed.end(), account.verify_key().bytes.begin(), account.verify_key().bytes.end());
  EXPECT_EQ(account.id().bytes, sha256(hashed));
}

TEST(AccountId, IsParsedFromExactly32Bytes) {
  const auto id = AccountKey::generate().id();
  EXPECT_EQ(AccountId::parse(id.bytes).value(), id);
  EXPECT_EQ(AccountId::parse(ByteView{id.bytes}.first(31)).error(), Errc::malformed);
  EXPECT_EQ(AccountId::parse(ByteArray<33>{}).error(), Errc::malformed);
}

TEST(AccountKey, IsTheSameAfterWritingAndReading) {
  const auto account = AccountKey::generate();
  SecretBuffer buffer;
  account.write(buffer);
  SecretReader reader{buffer};

  const auto again = AccountKey::read(reader);

  ASSERT_TRUE(again);
  EXPECT_TRUE(reader.finish());
  EXPECT_EQ(again->id(), account.id());
  EXPECT_EQ(again->sign(label::kDeviceList, {}), account.sign(label::kDeviceList, {}));
}

TEST(AccountKey, IsNotReadFromTooFewBytes) {
  const SecretBuffer buffer{31};
  SecretReader reader{buffer};
  EXPECT_EQ(AccountKey::read(reader).error(), Errc::malformed);
}

}  // namespace
}  // namespace bisik::crypto
