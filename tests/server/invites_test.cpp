#include "server/invites.hpp"

#include <gtest/gtest.h>

#include "proto/link.hpp"
#include "server/problem.hpp"
#include "tests/server/world.hpp"

namespace bisik::server {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, KnowsTheUnits) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("30m"), 30min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("45"), 45s);
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const auto* wrong : {"", "h", "-1h", "1w", "1h ", "1 h", "99999999999999s", "1.5h"}) {
    EXPECT_THROW(static_cast<void>(parse_duration(wrong)), Problem) << wrong;
  }
}

TEST(InviteLinks, OpenTheRelayOnceForEachAddress) {
  World world;
  const auto token = crypto::Capability::random();
  const auto links =
      invite_links({{"192.0.2.1", 7443}, {"2001:db8::1", 80}}, world.relay_key, token);
  ASSERT_EQ(links.size(), 2U);
  for (const auto& text : links) {
    const auto link = proto::parse_link(text);
    ASSERT_TRUE(link) << text;
    EXPECT_EQ(link->relay.key, world.relay_key);
    EXPECT_EQ(*link->invite, token);
  }
}

TEST(CreateInvite, WorksWithoutARunningRelay) {
  World world;
  Resident alice;
  create_invite(world.store, world.clerk, alice.invite, {}, world.now);
  const auto connection = alice.reconnect(world);
  EXPECT_EQ(world.ask(connection, alice.registration(world.relay_key)).status(), pb::STATUS_OK);
}

TEST(CheckTerms, SaysBetweenWhatToChooseAndNotOnlyThatItIsTooMuch) {
  try {
    check_terms({0, 1h}, {});
    FAIL() << "an invite for nobody";
  } catch (const Problem& problem) {
    EXPECT_STREQ(problem.what(),
                 "An invite has 1 to 1000 uses and lasts from a second to 31 days: choose --uses "
                 "and --expires between these.");
  }
}

TEST(CreateInvite, SaysWhatIsTooMuch) {
  World world;
  const auto token = crypto::Capability::random();
  for (const InviteTerms terms : {InviteTerms{0, 1h}, InviteTerms{5'000, 1h}, InviteTerms{1, 0s},
                                  InviteTerms{1, 24h * 365}}) {
    EXPECT_THROW(create_invite(world.store, world.clerk, token, terms, world.now), Problem);
  }
  EXPECT_FALSE(ever_invited(world.store));
}

}  // namespace
}  // namespace bisik::server
