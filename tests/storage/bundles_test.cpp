#include "storage/bundles.hpp"

#include "storage/limits.hpp"
#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

class BundlesTest : public RelayStoreContract {
 protected:
  bool publish_list(const Id& account, Sequence sequence, std::string_view text) {
    return committed([&] { return bundles.publish_list(account, sequence, bytes(text)); });
  }
  bool publish_bundle(DeviceNumber device, Sequence sequence, std::string_view text) {
    return committed([&] { return bundles.publish_bundle(alice, device, sequence, bytes(text)); });
  }
  void replace_keys(const OneTimeSlot& slot, std::string_view keys, std::size_t entry_bytes = 2) {
    committed([&] { bundles.replace_one_time_keys(slot, entry_bytes, bytes(keys)); });
  }
  bool add_keys(const OneTimeSlot& slot, std::string_view keys, std::size_t entry_bytes = 2) {
    return committed([&] { return bundles.add_one_time_keys(slot, entry_bytes, bytes(keys)); });
  }
  std::optional<Bytes> take_key(const OneTimeSlot& slot) {
    return committed([&] { return bundles.take_one_time_key(slot); });
  }

  Bundles& bundles = store->bundles();
  const OneTimeSlot first_device{.account_id = alice, .device = 1, .kind = OneTimeKind::x25519};
};

TEST_P(BundlesTest, TheNewestListComesFirstAndAllComeInOrder) {
  EXPECT_FALSE(bundles.newest_list(alice));
  EXPECT_TRUE(publish_list(alice, 3, "three"));
  EXPECT_TRUE(publish_list(alice, 7, "seven"));
  EXPECT_TRUE(publish_list(bob, 1, "bob"));
  EXPECT_EQ(bundles.newest_list(alice), (SignedList{7, bytes("seven")}));
  EXPECT_EQ(bundles.lists(alice),
            (std::vector<SignedList>{{3, bytes("three")}, {7, bytes("seven")}}));
}

TEST_P(BundlesTest, AListThatIsNotAboveTheNewestIsRefused) {
  publish_list(alice, 7, "seven");
  EXPECT_FALSE(publish_list(alice, 7, "other"));
  EXPECT_FALSE(publish_list(alice, 6, "older"));
  EXPECT_EQ(bundles.lists(alice), (std::vector<SignedList>{{7, bytes("seven")}}));
}

TEST_P(BundlesTest, OnlyTheLastListsAreKept) {
  for (Sequence sequence = 1; sequence <= kKeptLists + 5; ++sequence) {
    ASSERT_TRUE(publish_list(alice, sequence * 10, "list"));
  }
  publish_list(bob, 1, "bob");
  const std::vector<SignedList> kept = bundles.lists(alice);
  ASSERT_EQ(kept.size(), static_cast<std::size_t>(kKeptLists));
  EXPECT_EQ(kept.front().sequence, 60);
  EXPECT_EQ(kept.back().sequence, (kKeptLists + 5) * 10);
  EXPECT_EQ(bundles.lists(bob).size(), 1U);
}

TEST_P(BundlesTest, ABundleIsReplacedOnlyByALaterOne) {
  EXPECT_FALSE(bundles.bundle(alice, 1));
  EXPECT_TRUE(publish_bundle(1, 100, "first"));
  EXPECT_TRUE(publish_bundle(2, 5, "other device"));
  EXPECT_FALSE(publish_bundle(1, 100, "same"));
  EXPECT_FALSE(publish_bundle(1, 99, "lower"));
  EXPECT_EQ(bundles.bundle(alice, 1), (SignedBundle{100, bytes("first")}));
  EXPECT_TRUE(publish_bundle(1, 101, "later"));
  EXPECT_EQ(bundles.bundle(alice, 1), (SignedBundle{101, bytes("later")}));
  EXPECT_EQ(bundles.bundle(alice, 2), (SignedBundle{5, bytes("other device")}));
}

TEST_P(BundlesTest, OneTimeKeysAreHandedOutOnceInOrder) {
  replace_keys(first_device, "aabbcc");
  EXPECT_EQ(bundles.count_one_time_keys(first_device), 3);
  EXPECT_EQ(take_key(first_device), bytes("aa"));
  EXPECT_EQ(take_key(first_device), bytes("bb"));
  EXPECT_EQ(bundles.count_one_time_keys(first_device), 1);
  EXPECT_EQ(take_key(first_device), bytes("cc"));
  EXPECT_FALSE(take_key(first_device));
  EXPECT_EQ(bundles.count_one_time_keys(first_device), 0);
}

TEST_P(BundlesTest, TheLastOneTimeKeyIsShownUntilItIsTaken) {
  EXPECT_FALSE(bundles.last_one_time_key(first_device));
  replace_keys(first_device, "aabb");
  EXPECT_EQ(bundles.last_one_time_key(first_device), bytes("bb"));
  take_key(first_device);
  EXPECT_EQ(bundles.last_one_time_key(first_device), bytes("bb"));
  take_key(first_device);
  EXPECT_FALSE(bundles.last_one_time_key(first_device));
}

TEST_P(BundlesTest, KindsAndDevicesHaveTheirOwnKeys) {
  OneTimeSlot post_quantum = first_device;
  post_quantum.kind = OneTimeKind::post_quantum;
  OneTimeSlot second_device = first_device;
  second_device.device = 2;
  replace_keys(first_device, "aabb");
  replace_keys(post_quantum, "pppqqq", 3);
  EXPECT_EQ(take_key(post_quantum), bytes("ppp"));
  EXPECT_EQ(take_key(first_device), bytes("aa"));
  EXPECT_FALSE(take_key(second_device));
  EXPECT_EQ(bundles.count_one_time_keys(second_device), 0);
}

TEST_P(BundlesTest, AddedKeysComeAfterThoseThatAreLeft) {
  EXPECT_TRUE(add_keys(first_device, "aabb"));
  EXPECT_EQ(take_key(first_device), bytes("aa"));
  EXPECT_TRUE(add_keys(first_device, "ccdd"));
  EXPECT_EQ(bundles.count_one_time_keys(first_device), 3);
  EXPECT_EQ(take_key(first_device), bytes("bb"));
  EXPECT_EQ(take_key(first_device), bytes("cc"));
}

TEST_P(BundlesTest, KeysOfAnotherSizeAreAddedOnlyToNone) {
  replace_keys(first_device, "aa");
  EXPECT_FALSE(add_keys(first_device, "ccc", 3));
  EXPECT_EQ(take_key(first_device), bytes("aa"));
  EXPECT_TRUE(add_keys(first_device, "cccddd", 3));
  EXPECT_EQ(take_key(first_device), bytes("ccc"));
}

TEST_P(BundlesTest, ReplacedKeysAreGone) {
  replace_keys(first_device, "aabb");
  take_key(first_device);
  replace_keys(first_device, "ccc", 3);
  EXPECT_EQ(bundles.count_one_time_keys(first_device), 1);
  EXPECT_EQ(take_key(first_device), bytes("ccc"));
  EXPECT_FALSE(take_key(first_device));
}

TEST_P(BundlesTest, ARemovedDeviceTakesItsBundleAndKeysAlong) {
  publish_bundle(1, 1, "one");
  publish_bundle(2, 1, "two");
  replace_keys(first_device, "aabb");
  committed([&] { bundles.remove_device(alice, 1); });
  EXPECT_FALSE(bundles.bundle(alice, 1));
  EXPECT_FALSE(take_key(first_device));
  EXPECT_TRUE(bundles.bundle(alice, 2));
}

INSTANTIATE_TEST_SUITE_P(EveryStore, BundlesTest, testing::ValuesIn(every_store()), store_name);

}  // namespace
}  // namespace bisik::storage
