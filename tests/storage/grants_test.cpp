#include "storage/grants.hpp"

#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

constexpr UnixSeconds kMoment = 1'700'000'000;

class GrantsTest : public RelayStoreContract {
 protected:
  bool put(const Id& hash, UnixSeconds expires_at = kMoment + 10) {
    return committed([&] { return grants.put(hash, expires_at); });
  }
  bool spend(const Id& hash) {
    return committed([&] { return grants.spend(hash); });
  }

  Grants& grants = store->grants();
};

TEST_P(GrantsTest, AGrantIsSpentOnce) {
  EXPECT_TRUE(put(id(1)));
  EXPECT_EQ(grants.end(id(1)), kMoment + 10);
  EXPECT_TRUE(spend(id(1)));
  EXPECT_EQ(grants.end(id(1)), std::nullopt);
  EXPECT_FALSE(spend(id(1)));
  EXPECT_FALSE(spend(id(2))) << "unknown";
}

TEST_P(GrantsTest, OneThatIsThereKeepsItsTime) {
  EXPECT_TRUE(put(id(1)));
  EXPECT_FALSE(put(id(1), kMoment + 100));
  EXPECT_EQ(grants.end(id(1)), kMoment + 10);
}

TEST_P(GrantsTest, WhatIsRolledBackWasNeitherDrawnNorSpent) {
  put(id(1));
  {
    Batch batch{*store};
    EXPECT_TRUE(grants.spend(id(1)));
    EXPECT_TRUE(grants.put(id(2), kMoment));
  }
  EXPECT_TRUE(spend(id(1)));
  EXPECT_FALSE(spend(id(2)));
}

TEST_P(GrantsTest, TheSweepTakesExpiredOnesAFewAtATime) {
  for (std::uint8_t number = 1; number <= 3; ++number) put(id(number), kMoment - number);
  put(id(4), kMoment + 1);
  EXPECT_EQ(committed([&] { return grants.sweep(kMoment, 2); }), 2);
  EXPECT_EQ(committed([&] { return grants.sweep(kMoment, 2); }), 1);
  EXPECT_EQ(committed([&] { return grants.sweep(kMoment, 2); }), 0);
  EXPECT_TRUE(spend(id(4)));
}

INSTANTIATE_TEST_SUITE_P(EveryStore, GrantsTest, testing::ValuesIn(every_store()), store_name);

}  // namespace
}  // namespace bisik::storage
