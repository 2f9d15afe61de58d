#include "crypto/device_list.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

// A list of any content, correctly signed.
struct ListDraft {
  std::uint64_t sequence = 2;
  std::uint64_t created = 1'750'000'000;
  Hash previous = sha256({});
  std::vector<DeviceRecord> records;
  std::optional<std::uint8_t> count = std::nullopt;

  [[nodiscard]] auto parsed(const AccountKey& account) const {
    Encoder out{DeviceList::kMaxSize};
    out.append(account.verify_key().bytes).append_int(sequence).append_int(created);
    out.append(previous);
    out.append_int(count.value_or(static_cast<std::uint8_t>(records.size())));
    for (const auto& record : records) out.append(record.bytes());
    out.append(account.sign(label::kDeviceList, out.bytes()));
    return DeviceList::parse(out.bytes());
  }
};

class DeviceListTest : public testing::Test {
 protected:
  [[nodiscard]] DeviceRecord record(DeviceNumber number) const {
    return alice_.another_device(number).record;
  }

  Person alice_;
  DeviceList first_ = alice_.first_list();
};

TEST_F(DeviceListTest, SaysWhatItWasCreatedWith) {
  const auto second = first_.next(alice_.account, kNow + std::chrono::hours{1},
                                  {record(3), alice_.device.record, record(2)});

  const auto parsed = DeviceList::parse(second.bytes());

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->account(), alice_.account.id());
  EXPECT_EQ(parsed->sequence(), 2U);
  EXPECT_EQ(parsed->created(), kNow + std::chrono::hours{1});
  EXPECT_EQ(parsed->previous(), first_.hash());
  EXPECT_EQ(parsed->hash(), second.hash());
  ASSERT_EQ(parsed->records().size(), 3U);
  EXPECT_EQ(parsed->records()[2].number(), 3U);
  EXPECT_EQ(*parsed->find(1), alice_.device.record);
  EXPECT_EQ(parsed->find(4), nullptr);
}

TEST_F(DeviceListTest, HoldsEightDevicesAndNotNine) {
  ListDraft draft;
  for (DeviceNumber number = 1; number <= kMaxDevices; ++number) {
    draft.records.push_back(record(number));
  }
  EXPECT_TRUE(draft.parsed(alice_.account));
  draft.records.push_back(record(9));
  EXPECT_EQ(draft.parsed(alice_.account).error(), Errc::malformed);
}

TEST_F(DeviceListTest, WithoutADeviceIsRefused) {
  EXPECT_EQ(ListDraft{}.parsed(alice_.account).error(), Errc::malformed);
}

TEST_F(DeviceListTest, WithAnyBitAlteredIsRefused) {
  const auto bytes = first_.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(DeviceList::parse(with_flipped_bit(bytes, i))) << "byte " << i;
  }
}

TEST_F(DeviceListTest, OfAnotherLengthIsRefused) {
  auto bytes = copy_of(first_.bytes());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DeviceList::parse(ByteView{bytes}.first(size)).error(), Errc::malformed);
  }
  bytes.push_back(0);
  EXPECT_EQ(DeviceList::parse(bytes).error(), Errc::malformed);
}

TEST_F(DeviceListTest, WithACountThatIsNotItsRecordsIsRefused) {
  for (const auto count : ByteArray<4>{0, 1, 3, 255}) {
    const ListDraft draft{.records = {alice_.device.record, record(2)}, .count = count};
    EXPECT_EQ(draft.parsed(alice_.account).error(), Errc::malformed) << int{count};
  }
}

TEST_F(DeviceListTest, WhoseNumbersDoNotRiseIsRefused) {
  const ListDraft falling{.records = {record(2), record(1)}};
  const ListDraft repeated{.records = {record(2), record(2)}};
  EXPECT_EQ(falling.parsed(alice_.account).error(), Errc::malformed);
  EXPECT_EQ(repeated.parsed(alice_.account).error(), Errc::malformed);
}

TEST_F(DeviceListTest, WithADeviceOfAnotherAccountIsRefused) {
  const Person bob;
  const ListDraft draft{.records = {alice_.device.record, bob.another_device(2).record}};
  EXPECT_EQ(draft.parsed(alice_.account).error(), Errc::malformed);
}

TEST_F(DeviceListTest, WithASequenceOrTimeOutsideItsRangeIsRefused) {
  const std::vector records{alice_.device.record};
  EXPECT_TRUE((ListDraft{.sequence = kMaxSequence, .records = records}.parsed(alice_.account)));
  for (const auto sequence : {std::uint64_t{0}, kMaxSequence + 1}) {
    const ListDraft draft{.sequence = sequence, .records = records};
    EXPECT_EQ(draft.parsed(alice_.account).error(), Errc::malformed);
  }
  const ListDraft draft{.created = ~std::uint64_t{0}, .records = records};
  EXPECT_EQ(draft.parsed(alice_.account).error(), Errc::malformed);
}

TEST_F(DeviceListTest, OnlyTheFirstHasNoPredecessor) {
  const std::vector records{alice_.device.record};
  const ListDraft first_with_one{.sequence = 1, .records = records};
  const ListDraft second_without{.sequence = 2, .previous = Hash{}, .records = records};
  EXPECT_EQ(first_with_one.parsed(alice_.account).error(), Errc::malformed);
  EXPECT_EQ(second_without.parsed(alice_.account).error(), Errc::malformed);
  EXPECT_EQ(first_.previous(), Hash{});
}

TEST_F(DeviceListTest, IsStaleAfterThirtyDays) {
  EXPECT_FALSE(first_.is_stale(kNow + std::chrono::days{30}));
  EXPECT_TRUE(first_.is_stale(kNow + std::chrono::days{30} + std::chrono::seconds{1}));
  EXPECT_FALSE(first_.is_stale(kNow - std::chrono::days{365}));
}

class DeviceListChain : public DeviceListTest {
 protected:
  DeviceList second_ = first_.next(alice_.account, kNow, {alice_.device.record, record(2)});
  DeviceList third_ = second_.next(alice_.account, kNow, {alice_.device.record});
};

TEST_F(DeviceListChain, TheNextListFollows) {
  EXPECT_EQ(check_successor(first_, second_).value(), Succession::direct);
  EXPECT_EQ(check_successor(second_, third_).value(), Succession::direct);
}

TEST_F(DeviceListChain, AGapIsAcceptedAndTold) {
  EXPECT_EQ(check_successor(first_, third_).value(), Succession::with_gap);
}

TEST_F(DeviceListChain, AnOlderOrTheSameListIsNotNewer) {
  EXPECT_EQ(check_successor(third_, first_).error(), Errc::not_newer);
  EXPECT_EQ(check_successor(third_, second_).error(), Errc::not_newer);
  EXPECT_EQ(check_successor(third_, third_).error(), Errc::not_newer);
}

TEST_F(DeviceListChain, TwoListsWithOneSequenceConflict) {
  const auto other_second = first_.next(alice_.account, kNow, {alice_.device.record});
  EXPECT_EQ(check_successor(second_, other_second).error(), Errc::conflicting);
}

TEST_F(DeviceListChain, TheSuccessorOfAnotherListConflicts) {
  const auto other_second = first_.next(alice_.account, kNow, {alice_.device.record});
  EXPECT_EQ(check_successor(other_second, third_).error(), Errc::conflicting);
}

TEST_F(DeviceListChain, ANumberGivenTwiceConflicts) {
  const auto renamed = second_.next(alice_.account, kNow, {alice_.device.record, record(2)});
  EXPECT_EQ(check_successor(second_, renamed).error(), Errc::conflicting);
}

TEST_F(DeviceListChain, AnotherAccountsListNeverFollows) {
  const Person bob;
  const auto list = bob.first_list().next(bob.account, kNow, {bob.device.record});
  EXPECT_EQ(check_successor(first_, list).error(), Errc::bad_signature);
}

}  // namespace
}  // namespace bisik::crypto
