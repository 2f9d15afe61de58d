#include "storage/accounts.hpp"

#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

class AccountsTest : public RelayStoreContract {
 protected:
  Accounts& accounts = store->accounts();
};

TEST_P(AccountsTest, AnAccountIsFoundWithItsDays) {
  EXPECT_FALSE(accounts.find(alice));
  EXPECT_TRUE(committed([&] { return accounts.create(alice, kToday); }));
  EXPECT_EQ(accounts.find(alice), (Account{.created_day = kToday, .last_used_day = kToday}));
  EXPECT_FALSE(accounts.find(bob));
}

TEST_P(AccountsTest, TheSameAccountIsNotCreatedTwice) {
  committed([&] { accounts.create(alice, kToday); });
  EXPECT_FALSE(committed([&] { return accounts.create(alice, kToday + 5); }));
  EXPECT_EQ(accounts.find(alice)->created_day, kToday);
}

TEST_P(AccountsTest, TheDayOfLastUseOnlyRises) {
  committed([&] { accounts.create(alice, kToday); });
  committed([&] { accounts.touch(alice, kToday + 3); });
  committed([&] { accounts.touch(alice, kToday - 3000); });
  committed([&] { accounts.touch(bob, kToday); });
  EXPECT_EQ(accounts.find(alice), (Account{.created_day = kToday, .last_used_day = kToday + 3}));
  EXPECT_FALSE(accounts.find(bob));
}

TEST_P(AccountsTest, DevicesAreFoundByKeyAndByAccount) {
  committed([&] {
    accounts.create(alice, kToday);
    EXPECT_TRUE(accounts.add_device(id(2), alice, 2));
    EXPECT_TRUE(accounts.add_device(id(9), alice, 1));
  });
  const Device first{.network_key = id(9), .account_id = alice, .number = 1, .state_epoch = {}};
  const Device second{.network_key = id(2), .account_id = alice, .number = 2, .state_epoch = {}};
  EXPECT_EQ(accounts.device(id(9)), first);
  EXPECT_EQ(accounts.devices(alice), (std::vector{first, second}));
  EXPECT_TRUE(accounts.devices(bob).empty());
  EXPECT_FALSE(accounts.device(id(3)));
}

TEST_P(AccountsTest, ADeviceNeedsAnAccountAFreeNumberAndAnUnknownKey) {
  committed([&] {
    accounts.create(alice, kToday);
    accounts.create(bob, kToday);
    EXPECT_TRUE(accounts.add_device(id(1), alice, 1));
    EXPECT_FALSE(accounts.add_device(id(1), bob, 1)) << "known key";
    EXPECT_FALSE(accounts.add_device(id(2), alice, 1)) << "number taken";
    EXPECT_FALSE(accounts.add_device(id(3), id(0xEE), 1)) << "no such account";
  });
  EXPECT_EQ(accounts.device(id(1))->account_id, alice);
  EXPECT_TRUE(accounts.devices(bob).empty());
  EXPECT_TRUE(accounts.devices(id(0xEE)).empty());
}

TEST_P(AccountsTest, ARemovedDeviceIsGoneAndItsNumberFree) {
  committed([&] {
    accounts.create(alice, kToday);
    accounts.add_device(id(1), alice, 1);
  });
  EXPECT_TRUE(committed([&] { return accounts.remove_device(id(1)); }));
  EXPECT_FALSE(committed([&] { return accounts.remove_device(id(1)); }));
  EXPECT_FALSE(accounts.device(id(1)));
  EXPECT_TRUE(committed([&] { return accounts.add_device(id(2), alice, 1); }));
}

TEST_P(AccountsTest, TheStateEpochIsKeptAsItCame) {
  committed([&] {
    accounts.create(alice, kToday);
    accounts.add_device(id(1), alice, 1);
  });
  EXPECT_TRUE(committed([&] { return accounts.set_state_epoch(id(1), bytes("seven")); }));
  EXPECT_EQ(accounts.device(id(1))->state_epoch, bytes("seven"));
  EXPECT_TRUE(committed([&] { return accounts.set_state_epoch(id(1), {}); }));
  EXPECT_EQ(accounts.device(id(1))->state_epoch, Bytes{}) << "empty is a value, not an absence";
  EXPECT_FALSE(committed([&] { return accounts.set_state_epoch(id(2), bytes("x")); }));
}

INSTANTIATE_TEST_SUITE_P(EveryStore, AccountsTest, testing::ValuesIn(every_store()), store_name);

}  // namespace
}  // namespace bisik::storage
