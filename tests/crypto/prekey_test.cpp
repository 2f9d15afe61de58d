#include "crypto/prekey.hpp"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

static_assert(!std::is_convertible_v<OneTimeKey, SignedPrekey>);
static_assert(!std::is_convertible_v<PqOneTimeKey::Public, PqSignedPrekey::Public>);

template <class Kind>
class PrekeyTest : public testing::Test {};
using PrekeyKinds = testing::Types<SignedPrekey, PqSignedPrekey, OneTimeKey, PqOneTimeKey>;
TYPED_TEST_SUITE(PrekeyTest, PrekeyKinds);

TYPED_TEST(PrekeyTest, IsTheSameAfterWritingAndReading) {
  const auto prekey = TypeParam::generate();
  SecretBuffer buffer;
  prekey.write(buffer);
  SecretReader reader{buffer};

  const auto again = TypeParam::read(reader);

  ASSERT_TRUE(again);
  EXPECT_TRUE(reader.finish());
  EXPECT_EQ(again->public_half(), prekey.public_half());
}

TYPED_TEST(PrekeyTest, IsNotReadFromTooFewBytesOrWithoutANumber) {
  SecretBuffer too_short;
  too_short.append_int(std::uint64_t{1});
  SecretReader reader_of_too_short{too_short};
  EXPECT_EQ(TypeParam::read(reader_of_too_short).error(), Errc::malformed);

  const SecretBuffer zeros{200};
  SecretReader reader_of_zeros{zeros};
  EXPECT_EQ(TypeParam::read(reader_of_zeros).error(), Errc::malformed);
}

TYPED_TEST(PrekeyTest, ShowsItsPublicHalfInFixedWidth) {
  const auto key = TypeParam::generate().public_half();
  Encoder out{0};
  key.encode(out);
  ASSERT_EQ(out.bytes().size(), TypeParam::Public::kSize);

  Decoder in{out.bytes()};
  EXPECT_EQ(TypeParam::Public::decode(in).value(), key);
  EXPECT_TRUE(in.finish());

  Decoder too_short{ByteView{out.bytes()}.first(out.bytes().size() - 1)};
  EXPECT_EQ(TypeParam::Public::decode(too_short).error(), Errc::malformed);
}

TEST(PrekeyId, IsRandomAndNeverZero) {
  std::set<PrekeyId> seen{kNoPrekey};
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(seen.insert(random_prekey_id()).second);
}

TEST(SealKey, IsTheSameAfterWritingAndReading) {
  const auto seal = SealKey::generate();
  SecretBuffer buffer;
  seal.write(buffer);
  SecretReader reader{buffer};

  const auto again = SealKey::read(reader);

  ASSERT_TRUE(again);
  EXPECT_TRUE(reader.finish());
  EXPECT_EQ(again->public_half(), seal.public_half());
}

TEST(SealKey, IsNotReadFromTooFewBytes) {
  const SecretBuffer buffer{95};
  SecretReader reader{buffer};
  EXPECT_EQ(SealKey::read(reader).error(), Errc::malformed);
}

TEST(SealKey, WithABadPublicKeyIsRefused) {
  Encoder out{SealKey::Public::kSize};
  SealKey::generate().public_half().encode(out);
  const auto decoded = [](const Bytes& bytes) {
    Decoder in{bytes};
    return SealKey::Public::decode(in);
  };
  EXPECT_TRUE(decoded(out.bytes()));
  EXPECT_EQ(decoded(with_bad_x25519_key(out.bytes(), 0)).error(), Errc::non_canonical_key);
  EXPECT_EQ(decoded(with_bad_kem_key(out.bytes(), 32)).error(), Errc::non_canonical_key);
}

}  // namespace
}  // namespace bisik::crypto
