#include "crypto/device_record.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

// A record of any content, correctly signed by whoever is asked to.
struct RecordDraft {
  AccountKey account = AccountKey::generate();
  SigningKeyPair device = SigningKeyPair::generate();
  ByteArray<32> identity = DhKeyPair::generate().public_key.bytes;
  std::uint32_t number = 1;
  std::uint64_t created = 1'750'000'000;

  [[nodiscard]] Bytes canonical() const {
    Encoder out{DeviceStatement::kSize};
    out.append(account.verify_key().bytes).append(device.verify_key().bytes).append(identity);
    return std::move(out.append_int(number).append_int(created)).bytes();
  }
  [[nodiscard]] Bytes signed_by(const AccountKey& first, const SigningKeyPair& second) const {
    auto bytes = canonical();
    const auto by_account = first.sign(label::kDeviceRecordByAccount, canonical());
    const auto by_device = second.sign(label::kDeviceRecordByDevice, canonical());
    bytes.insert(bytes.end(), by_account.begin(), by_account.end());
    bytes.insert(bytes.end(), by_device.begin(), by_device.end());
    return bytes;
  }
  [[nodiscard]] auto parsed() const { return DeviceRecord::parse(signed_by(account, device)); }
};

TEST(DeviceRecord, HasExactly236Bytes) {
  EXPECT_EQ(DeviceRecord::kSize, 236U);
  EXPECT_EQ(Person{}.device.record.bytes().size(), 236U);
}

TEST(DeviceRecord, SaysWhatItWasCreatedWith) {
  const auto account = AccountKey::generate();
  const auto device = SigningKeyPair::generate();
  const auto identity = DhKeyPair::generate();
  const auto record = DeviceRecord::create(account, device, identity.public_key, 5, kNow);

  const auto parsed = DeviceRecord::parse(record.bytes());

  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, record);
  EXPECT_EQ(parsed->account_key(), account.verify_key());
  EXPECT_EQ(parsed->account(), account.id());
  EXPECT_EQ(parsed->signing_key(), device.verify_key());
  EXPECT_EQ(parsed->identity_key(), identity.public_key);
  EXPECT_EQ(parsed->number(), 5U);
  EXPECT_EQ(parsed->created(), kNow);
  EXPECT_EQ(parsed->hash(), record.hash());
}

TEST(DeviceRecord, IsLaidOutAsTheProtocolSays) {
  const RecordDraft draft;
  EXPECT_TRUE(draft.parsed());  // the draft writes the fields on its own
  EXPECT_EQ(draft.canonical().size(), DeviceStatement::kSize);
}

TEST(DeviceRecord, WithAnyBitAlteredIsRefused) {
  const Person alice;
  const auto& bytes = alice.device.record.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(DeviceRecord::parse(with_flipped_bit(bytes, i))) << "byte " << i;
  }
}

TEST(DeviceRecord, OfAnotherLengthIsRefused) {
  const Person alice;
  auto bytes = copy_of(alice.device.record.bytes());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DeviceRecord::parse(ByteView{bytes}.first(size)).error(), Errc::malformed);
  }
  bytes.push_back(0);
  EXPECT_EQ(DeviceRecord::parse(bytes).error(), Errc::malformed);
}

TEST(DeviceRecord, NeedsTheAccountsSignature) {
  const RecordDraft draft;
  const auto bytes = draft.signed_by(AccountKey::generate(), draft.device);
  EXPECT_EQ(DeviceRecord::parse(bytes).error(), Errc::bad_signature);
}

// Without it, Mallory could list Bob's device as his own.
TEST(DeviceRecord, NeedsTheDevicesSignature) {
  const RecordDraft draft;
  const auto bytes = draft.signed_by(draft.account, SigningKeyPair::generate());
  EXPECT_EQ(DeviceRecord::parse(bytes).error(), Errc::bad_signature);
}

TEST(DeviceRecord, WithANumberOutsideItsRangeIsRefused) {
  EXPECT_EQ((RecordDraft{.number = 0}.parsed().error()), Errc::malformed);
  EXPECT_TRUE((RecordDraft{.number = kMaxDeviceNumber}.parsed()));
  EXPECT_EQ((RecordDraft{.number = kMaxDeviceNumber + 1}.parsed().error()), Errc::malformed);
}

TEST(DeviceRecord, WithATimeOutsideItsRangeIsRefused) {
  const auto latest = static_cast<std::uint64_t>(kMaxUnixTime.count());
  EXPECT_TRUE((RecordDraft{.created = latest}.parsed()));
  EXPECT_EQ((RecordDraft{.created = latest + 1}.parsed().error()), Errc::malformed);
  EXPECT_EQ((RecordDraft{.created = ~std::uint64_t{0}}.parsed().error()), Errc::malformed);
}

TEST(DeviceRecord, WithANonCanonicalIdentityKeyIsRefused) {
  EXPECT_EQ((RecordDraft{.identity = non_canonical_zero()}.parsed().error()),
            Errc::non_canonical_key);
}

// One key, one purpose.
TEST(DeviceRecord, WithTheAccountKeyAsDeviceKeyIsRefused) {
  const auto seed = SigningSeed::random();
  SecretBuffer buffer;
  buffer.append(seed);
  SecretReader reader{buffer};
  const RecordDraft draft{.account = AccountKey::read(reader).value(),
                          .device = SigningKeyPair::from(seed)};
  EXPECT_EQ(draft.parsed().error(), Errc::malformed);
}

TEST(DeviceRecord, HasAHashOfItsOwn) {
  const Person alice;
  const Person bob;
  EXPECT_NE(alice.device.record.hash(), bob.device.record.hash());
  EXPECT_NE(alice.device.record.hash(), sha256(alice.device.record.bytes()));
}

}  // namespace
}  // namespace bisik::crypto
