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

TEST_F(AdmissionTest, BoundsThoseThatHaveNotSaidWhoTheyAre) {
  EXPECT_TRUE(admit(1));
  EXPECT_TRUE(admit(2));
  EXPECT_FALSE(admit(3));
  admission.established(1, std::nullopt);
  EXPECT_TRUE(admit(4));
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
