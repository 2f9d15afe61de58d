// What becomes of one of several profiles that cannot be served.
#include "client/door/tenants.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <fstream>

#include "client/problem.hpp"
#include "tests/client/temporary_folder.hpp"

namespace bisik::client {
namespace {

using std::chrono::seconds;
using Clock = Tenants::Clock;

class TenantsTest : public testing::Test {
 protected:
  TenantsTest() {
    tenants.add("one", one);
    tenants.add("other", other);
  }
  void end(std::size_t tenant, const std::string& why) {
    tenants.attempt(tenant, [&] { throw Problem{ExitCode::unexpected, why}; });
  }
  // After how many seconds it is tried the next time, as of `now`.
  std::chrono::seconds pause() {
    (void)tenants.try_again(now);
    const auto next = tenants.wakes_at(now);
    EXPECT_TRUE(next);
    const auto pause = std::chrono::round<seconds>(next.value_or(now) - now);
    now += pause;
    return pause;
  }

  TemporaryFolder folder;
  Gate one{Profile::in(folder.path() / "one"), {}, std::chrono::milliseconds{1}};
  Gate other{Profile::in(folder.path() / "other"), {}, std::chrono::milliseconds{1}};
  std::vector<std::string> said;
  Tenants tenants{[this](const std::string& name, const std::string& before) {
                    try {
                      throw;
                    } catch (const Problem& problem) {
                      if (problem.what() != before) said.push_back(name + ": " + problem.what());
                      return std::string{problem.what()};
                    }
                  },
                  [this](const std::string& name) { said.push_back(name + " is back"); }};
  Clock::time_point now{seconds{1'000}};
};

TEST_F(TenantsTest, WhatServesIsNotTriedAgain) {
  EXPECT_FALSE(tenants.wakes_at(now));
  EXPECT_TRUE(tenants.try_again(now).empty());
}

// There is no profile in that folder.
TEST_F(TenantsTest, WhatCannotBeServedIsTriedAgainLaterAndLater) {
  end(1, "damaged");
  EXPECT_EQ(tenants.wakes_at(now), now) << "when to begin with that is not settled yet";
  std::vector<seconds> pauses;
  for (int i = 0; i < 11; ++i) pauses.push_back(pause());
  const std::vector<seconds> wanted{seconds{1},   seconds{2},   seconds{4},  seconds{8},
                                    seconds{16},  seconds{32},  seconds{64}, seconds{128},
                                    seconds{256}, seconds{300}, seconds{300}};
  EXPECT_EQ(pauses, wanted);
  EXPECT_FALSE(tenants.ended(0));
  ASSERT_EQ(said.size(), 2U) << "what is wrong is said once";
  EXPECT_EQ(said[0], "other: damaged");
  EXPECT_NE(said[1].find("no profile"), std::string::npos);
}

TEST_F(TenantsTest, WhoHoldsALockAndDoesNotServeIsNotWaitedFor) {
  const auto profile = other.profile();
  profile.prepare();
  std::ofstream{profile.database()} << "a profile";
  const Descriptor lock{open(profile.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  ASSERT_EQ(flock(lock.get(), LOCK_EX), 0);
  const auto begun = Clock::now();
  tenants.attempt(1, [&] { (void)other.enter(); });
  EXPECT_LT(Clock::now() - begun, seconds{10}) << "no command would give up so soon";
  ASSERT_TRUE(tenants.ended(1));
  EXPECT_NE(tenants.ended(1)->find("does not answer"), std::string::npos);
}

}  // namespace
}  // namespace bisik::client
