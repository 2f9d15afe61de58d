#include "server/admission.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bisik::server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() {
    limits.connections = 3;
    limits.unfinished_handshakes = 2;
    limits.handshake_seconds = 10;
  }
  bool admit(ConnectionId connection) {
    return admission.admit(connection, std::nullopt, now) == Admission::Verdict::admitted;
  }
  Limits limits;
  Admission admission{limits};
  Time now{};
};

TEST_F(AdmissionTest, WhoTakesLongestToSayWhoTheyAreHasToGoWhenTooManyAreLikeThat) {
  EXPECT_TRUE(admit(1));
  EXPECT_TRUE(admit(2));
  EXPECT_EQ(admission.one_too_many(), std::nullopt);
  EXPECT_TRUE(admit(3));
  EXPECT_EQ(admission.one_too_many(), 1U);
  EXPECT_EQ(admission.one_too_many(), std::nullopt);
  EXPECT_FALSE(admission.is_unfinished(1));
  EXPECT_TRUE(admission.is_unfinished(2));
  admission.closed(1, std::nullopt);
  admission.established(2, std::nullopt);
  EXPECT_EQ(admission.unfinished(), 1U);
}

TEST_F(AdmissionTest, WhoHadToGoIsNoLongerOfTheirPrefix) {
  limits.unfinished_handshakes_per_prefix = 2;
  const Prefix prefix{{4, 192, 0, 2, 1}};
  for (const ConnectionId id : {1U, 2U}) {
    EXPECT_EQ(admission.admit(id, prefix, now), Admission::Verdict::admitted);
  }
  EXPECT_TRUE(admit(3));
  EXPECT_EQ(admission.one_too_many(), 1U);
  admission.closed(1, prefix);
  EXPECT_EQ(admission.admit(4, prefix, now), Admission::Verdict::admitted);
  EXPECT_EQ(admission.admit(5, prefix, now), Admission::Verdict::full);
}

TEST_F(AdmissionTest, BoundsConnectionsAltogether) {
  for (const ConnectionId id : {1U, 2U, 3U}) {
    EXPECT_TRUE(admit(id));
    admission.established(id, std::nullopt);
  }
  EXPECT_FALSE(admit(4));
  admission.closed(2, std::nullopt);
  EXPECT_TRUE(admit(5));
}

TEST_F(AdmissionTest, NamesEachSlowHandshakeOnce) {
  EXPECT_TRUE(admit(1));
  EXPECT_TRUE(admit(2));
  admission.established(2, std::nullopt);
  now.steady += 10s;
  EXPECT_THAT(admission.overdue(now), ElementsAre(1));
  EXPECT_THAT(admission.overdue(now), IsEmpty());
}

TEST_F(AdmissionTest, WhoHasLeftIsNotOverdue) {
  EXPECT_TRUE(admit(1));
  admission.closed(1, std::nullopt);
  now.steady += 10s;
  EXPECT_THAT(admission.overdue(now), IsEmpty());
  EXPECT_TRUE(admit(2));
  EXPECT_TRUE(admit(3));
}

}  // namespace
}  // namespace bisik::server
