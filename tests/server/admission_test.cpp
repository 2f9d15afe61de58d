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
  Limits limits;
  Admission admission{limits};
  Time now{};
};

TEST_F(AdmissionTest, BoundsThoseThatHaveNotSaidWhoTheyAre) {
  EXPECT_TRUE(admission.admit(1, now));
  EXPECT_TRUE(admission.admit(2, now));
  EXPECT_FALSE(admission.admit(3, now));
  admission.established(1);
  EXPECT_TRUE(admission.admit(4, now));
}

TEST_F(AdmissionTest, BoundsConnectionsAltogether) {
  for (const ConnectionId id : {1U, 2U, 3U}) {
    EXPECT_TRUE(admission.admit(id, now));
    admission.established(id);
  }
  EXPECT_FALSE(admission.admit(4, now));
  admission.closed(2);
  EXPECT_TRUE(admission.admit(5, now));
}

TEST_F(AdmissionTest, NamesEachSlowHandshakeOnce) {
  EXPECT_TRUE(admission.admit(1, now));
  EXPECT_TRUE(admission.admit(2, now));
  admission.established(2);
  now.steady += 10s;
  EXPECT_THAT(admission.overdue(now), ElementsAre(1));
  EXPECT_THAT(admission.overdue(now), IsEmpty());
}

TEST_F(AdmissionTest, WhoHasLeftIsNotOverdue) {
  EXPECT_TRUE(admission.admit(1, now));
  admission.closed(1);
  now.steady += 10s;
  EXPECT_THAT(admission.overdue(now), IsEmpty());
  EXPECT_TRUE(admission.admit(2, now));
  EXPECT_TRUE(admission.admit(3, now));
}

}  // namespace
}  // namespace bisik::server
