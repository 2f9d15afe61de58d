#include "storage/invites.hpp"

#include "tests/storage/relay_store_contract.hpp"

namespace bisik::storage {
namespace {

constexpr UnixSeconds kNow = 1'700'000'000;

class InvitesTest : public RelayStoreContract {
 protected:
  void invite(const Id& token, std::int64_t uses, UnixSeconds expires_at) {
    committed([&] { invites.create(token, {.uses_left = uses, .expires_at = expires_at}); });
  }
  bool use(const Id& token, UnixSeconds now = kNow) {
    return committed([&] { return invites.use(token, now); });
  }

  Invites& invites = store->invites();
};

TEST_P(InvitesTest, AnInviteLetsInAsOftenAsItSays) {
  invite(id(1), 2, kNow + 10);
  EXPECT_TRUE(use(id(1)));
  EXPECT_TRUE(use(id(1)));
  EXPECT_FALSE(use(id(1)));
  EXPECT_EQ(invites.find(id(1))->uses_left, 0);
}

TEST_P(InvitesTest, UnknownAndExpiredInvitesLetNobodyIn) {
  invite(id(1), 1, kNow);
  EXPECT_FALSE(use(id(1), kNow)) << "from that second on it is worth nothing";
  EXPECT_FALSE(use(id(2)));
  EXPECT_TRUE(use(id(1), kNow - 1));
}

TEST_P(InvitesTest, AUseThatIsRolledBackDidNotHappen) {
  invite(id(1), 1, kNow + 10);
  {
    Batch batch{*store};
    EXPECT_TRUE(invites.use(id(1), kNow));
  }
  EXPECT_TRUE(use(id(1)));
}

TEST_P(InvitesTest, TheSweepTakesWhatIsWorthNothingAFewAtATime) {
  invite(id(1), 1, kNow);
  invite(id(2), 1, kNow - 5);
  invite(id(3), 0, kNow + 10);
  invite(id(4), 1, kNow + 10);
  EXPECT_EQ(committed([&] { return invites.sweep(kNow, 2); }), 2);
  EXPECT_EQ(committed([&] { return invites.sweep(kNow, 2); }), 1);
  EXPECT_EQ(committed([&] { return invites.sweep(kNow, 2); }), 0);
  EXPECT_TRUE(use(id(4)));
}

INSTANTIATE_TEST_SUITE_P(EveryStore, InvitesTest, testing::ValuesIn(every_store()), store_name);

}  // namespace
}  // namespace bisik::storage
