#include "crypto/one_time_keys.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

static_assert(OneTimeKeyEntry::kSize == 104);
static_assert(PqOneTimeKeyEntry::kSize == 1256);

template <class Key>
class OneTimeKeysTest : public testing::Test {
 public:
  using Entry = SignedOneTimeKey<Key>;

 protected:
  [[nodiscard]] auto parsed(ByteView bytes) const {
    return Entry::parse(bytes, bob_.device.record);
  }

  Person bob_;
  typename Key::Public key_ = Key::generate().public_half();
  Entry entry_ = Entry::create(bob_.device, key_);
};
using OneTimeKinds = testing::Types<OneTimeKey, PqOneTimeKey>;
TYPED_TEST_SUITE(OneTimeKeysTest, OneTimeKinds);

TYPED_TEST(OneTimeKeysTest, SaysWhatItWasCreatedWith) {
  const auto entry = this->parsed(this->entry_.bytes());
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->key(), this->key_);
  EXPECT_TRUE(std::ranges::equal(entry->bytes(), this->entry_.bytes()));
}

TYPED_TEST(OneTimeKeysTest, WithAnyBitAlteredIsRefused) {
  for (std::size_t i = 0; i < this->entry_.bytes().size(); ++i) {
    EXPECT_FALSE(this->parsed(with_flipped_bit(this->entry_.bytes(), i))) << "byte " << i;
  }
}

TYPED_TEST(OneTimeKeysTest, OfAnotherLengthIsRefused) {
  auto bytes = copy_of(this->entry_.bytes());
  EXPECT_EQ(this->parsed({}).error(), Errc::malformed);
  EXPECT_EQ(this->parsed(ByteView{bytes}.first(bytes.size() - 1)).error(), Errc::malformed);
  bytes.push_back(0);
  EXPECT_EQ(this->parsed(bytes).error(), Errc::malformed);
}

TYPED_TEST(OneTimeKeysTest, OfAnotherDeviceIsRefused) {
  const auto second_device = this->bob_.another_device(2);
  const auto stolen = TestFixture::Entry::parse(this->entry_.bytes(), second_device.record);
  EXPECT_EQ(stolen.error(), Errc::bad_signature);
}

// One device key in two records: the signature still says for which of them.
TYPED_TEST(OneTimeKeysTest, OfTheSameDeviceKeyUnderAnotherRecordIsRefused) {
  const auto mallory = AccountKey::generate();
  const auto& device = this->bob_.device;
  const auto record =
      DeviceRecord::create(mallory, device.signing_key, device.identity_key.public_key, 1, kNow);
  EXPECT_EQ(TestFixture::Entry::parse(this->entry_.bytes(), record).error(), Errc::bad_signature);
}

TYPED_TEST(OneTimeKeysTest, WithoutANumberIsRefused) {
  auto key = this->key_;
  key.id = kNoPrekey;
  const auto entry = TestFixture::Entry::create(this->bob_.device, key);
  EXPECT_EQ(this->parsed(entry.bytes()).error(), Errc::malformed);
}

TEST(OneTimeKeys, WithABadPublicKeyAreRefused) {
  const Person bob;
  OneTimeKey::Public key{1, {non_canonical_zero()}};
  EXPECT_EQ(
      OneTimeKeyEntry::parse(OneTimeKeyEntry::create(bob.device, key).bytes(), bob.device.record)
          .error(),
      Errc::non_canonical_key);

  auto pq_key = PqOneTimeKey::generate().public_half();
  std::fill_n(pq_key.key.bytes.begin(), 3, std::uint8_t{0xff});
  EXPECT_EQ(PqOneTimeKeyEntry::parse(PqOneTimeKeyEntry::create(bob.device, pq_key).bytes(),
                                     bob.device.record)
                .error(),
            Errc::non_canonical_key);
}

}  // namespace
}  // namespace bisik::crypto
