#include "server/prekey_desk.hpp"

#include <gtest/gtest.h>

#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

class PrekeyDeskTest : public testing::Test {
 protected:
  pb::Status publish(const crypto::Bundle& bundle) {
    pb::Request request;
    put(*request.mutable_publish_bundle()->mutable_bundle(), bundle.bytes());
    return world.ask(own, request).status();
  }
  pb::OneTimeKeyCount count() {
    pb::Request request;
    request.mutable_count_one_time_keys();
    return world.ask(own, request).one_time_key_count();
  }
  pb::Response fetch_alice(bool one_time_keys = true) {
    return world.ask(stranger, fetch(alice, one_time_keys));
  }

  World world;
  Resident alice;
  ConnectionId own = alice.register_at(world);
  ConnectionId stranger = world.connect_anonymous();
};

TEST_F(PrekeyDeskTest, AStrangerGetsListBundleAndOneKeyOfEachKind) {
  const auto bundles = fetch_alice().bundles();
  ASSERT_EQ(bundles.device_lists_size(), 1);
  EXPECT_EQ(bundles.device_lists(0), crypto::as_text(alice.list.bytes()));
  ASSERT_EQ(bundles.devices_size(), 1);
  const auto& device = bundles.devices(0);
  EXPECT_EQ(device.number(), alice.device.number());
  EXPECT_EQ(device.bundle(), crypto::as_text(alice.signed_bundle.bytes()));
  EXPECT_TRUE(
      crypto::OneTimeKeyEntry::parse(crypto::as_bytes(device.one_time_key()), alice.device.record));
  EXPECT_TRUE(crypto::PqOneTimeKeyEntry::parse(crypto::as_bytes(device.pq_one_time_key()),
                                               alice.device.record));
}

TEST_F(PrekeyDeskTest, NoOneTimeKeyIsHandedOutTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 3; ++i) seen.insert(fetch_alice().bundles().devices(0).one_time_key());
  EXPECT_EQ(seen.size(), 3U);
  EXPECT_TRUE(fetch_alice().bundles().devices(0).one_time_key().empty()) << "three were uploaded";
  EXPECT_EQ(count().classical(), 0U);
}

TEST_F(PrekeyDeskTest, LookingOnlyCostsNoKey) {
  EXPECT_TRUE(fetch_alice(false).bundles().devices(0).one_time_key().empty());
  EXPECT_EQ(count().classical(), 3U);
  EXPECT_EQ(count().post_quantum(), 2U);
}

TEST_F(PrekeyDeskTest, AnUnknownAccountIsRefused) {
  const Resident nobody;
  const auto response = world.ask(stranger, fetch(nobody));
  EXPECT_EQ(response.status(), pb::STATUS_REFUSED);
  EXPECT_FALSE(response.has_bundles());
}

TEST_F(PrekeyDeskTest, WhoEmptiesAStrangersKeysGetsTheLastResort) {
  world.limits.one_time_keys_per_target_per_hour = 2;
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(fetch_alice().bundles().devices(0).one_time_key().empty());
  }
  const auto third = fetch_alice();
  EXPECT_EQ(third.status(), pb::STATUS_OK);
  EXPECT_TRUE(third.bundles().devices(0).one_time_key().empty());
  world.pass(1h);
  stranger = world.connect_anonymous();
  EXPECT_FALSE(fetch_alice().bundles().devices(0).one_time_key().empty());
}

// Else anybody who knows the account's id could keep from its contacts, and from its own devices,
// that one of them was removed.
TEST_F(PrekeyDeskTest, HoweverOftenStrangersAskListAndBundleAreShown) {
  for (int i = 0; i < 1'000; ++i) ASSERT_EQ(fetch_alice().status(), pb::STATUS_OK) << i;
  const auto bundles = fetch_alice().bundles();
  ASSERT_EQ(bundles.device_lists_size(), 1);
  EXPECT_EQ(bundles.device_lists(0), crypto::as_text(alice.list.bytes()));
  ASSERT_EQ(bundles.devices_size(), 1);
  EXPECT_EQ(bundles.devices(0).bundle(), crypto::as_text(alice.signed_bundle.bytes()));
}

TEST_F(PrekeyDeskTest, ABundleReplacesOnlyAnOlderOne) {
  EXPECT_EQ(publish(alice.make_bundle(9)), pb::STATUS_OK);
  EXPECT_EQ(publish(alice.make_bundle(8)), pb::STATUS_NOT_NEWER);
  const auto newest = alice.make_bundle(10);
  EXPECT_EQ(publish(newest), pb::STATUS_OK);
  EXPECT_EQ(publish(newest), pb::STATUS_OK) << "asked again";
  EXPECT_EQ(fetch_alice().bundles().devices(0).bundle(), crypto::as_text(newest.bytes()));
}

TEST_F(PrekeyDeskTest, ADeviceHearsWhichOfItsBundlesIsHandedOut) {
  EXPECT_EQ(count().signed_prekey(), alice.signed_bundle.contents().signed_prekey.id);
  const auto newer = alice.make_bundle(9);
  EXPECT_EQ(publish(newer), pb::STATUS_OK);
  EXPECT_EQ(count().signed_prekey(), newer.contents().signed_prekey.id);
}

TEST_F(PrekeyDeskTest, ABundleOfAnotherDeviceIsRefused) {
  const Resident eve;
  EXPECT_EQ(publish(eve.make_bundle(99)), pb::STATUS_MALFORMED);
}

TEST_F(PrekeyDeskTest, NewKeysGoBehindTheOldOnes) {
  EXPECT_EQ(world.ask(own, one_time_keys(alice, 100, 32)).status(), pb::STATUS_OK);
  EXPECT_EQ(count().classical(), 103U);
  EXPECT_EQ(count().post_quantum(), 34U);
}

// A key that is handed out twice costs the second person a message.
TEST_F(PrekeyDeskTest, UploadingTheSameKeysAgainAddsNone) {
  const auto keys = one_time_keys(alice, 10, 5);
  EXPECT_EQ(world.ask(own, keys).status(), pb::STATUS_OK);
  for (int i = 0; i < 4; ++i) fetch_alice();
  EXPECT_EQ(world.ask(own, keys).status(), pb::STATUS_OK);
  EXPECT_EQ(count().classical(), 9U);
  EXPECT_EQ(count().post_quantum(), 3U);
}

TEST_F(PrekeyDeskTest, KeysAreBoundedAndRefusedAsAWhole) {
  world.limits.one_time_keys = 13;
  world.limits.pq_one_time_keys = 3;
  EXPECT_EQ(world.ask(own, one_time_keys(alice, 5, 2)).status(), pb::STATUS_QUOTA);
  EXPECT_EQ(count().classical(), 3U);
  EXPECT_EQ(world.ask(own, one_time_keys(alice, 5, 1)).status(), pb::STATUS_OK);
  EXPECT_EQ(count().classical(), 8U);
}

TEST_F(PrekeyDeskTest, ListsComeOldestFirstAndAlwaysWithTheNewest) {
  auto list = alice.list;
  for (int i = 0; i < 40; ++i) {
    std::vector<crypto::DeviceRecord> records;
    for (std::uint32_t n = 0; n < 8; ++n) {
      records.push_back(n == 0 ? alice.device.record : alice.another_device(n + 1).record);
    }
    list = list.next(alice.account, crypto::kNow, records);
    storage::Batch batch{world.store};
    world.store.bundles().publish_list(
        alice.account.id().bytes, static_cast<storage::Sequence>(list.sequence()), list.bytes());
    batch.commit();
  }
  auto request = fetch(alice, false);
  request.mutable_fetch_bundle()->set_after_sequence(10);
  const auto bundles = world.ask(stranger, request).bundles();
  ASSERT_GT(bundles.device_lists_size(), 2);
  const auto first = crypto::DeviceList::parse(crypto::as_bytes(bundles.device_lists(0)));
  EXPECT_EQ(first->sequence(), 11U);
  EXPECT_EQ(*bundles.device_lists().rbegin(), crypto::as_text(list.bytes()));
}

}  // namespace
}  // namespace bisik::server
