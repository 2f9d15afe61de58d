// Invariant I9 on a machine that sleeps: what was due meanwhile is due when it wakes.
#include "client/driver.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crypto/sodium.hpp"
#include "tests/client/temporary_folder.hpp"

namespace {

// For how long this machine slept, as its clocks tell it: the one that stands still meanwhile knows
// nothing of it.
std::chrono::seconds slept{0};

}  // namespace

// In place of the one of libc.
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto result = syscall(SYS_clock_gettime, clock, now);
  if (clock != CLOCK_MONOTONIC) now->tv_sec += slept.count();
  return static_cast<int>(result);
}

namespace bisik::client {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

std::chrono::sys_seconds wall_clock() {
  return std::chrono::floor<seconds>(std::chrono::system_clock::now());
}

class DriverTest : public testing::Test, public World {
 protected:
  static void SetUpTestSuite() { crypto::initialise(); }
  ~DriverTest() override { slept = seconds{0}; }

  static std::unique_ptr<Vault> new_vault(const TemporaryFolder& folder) {
    crypto::SecretBuffer words;
    words.append(crypto::as_bytes("correct horse"));
    const crypto::PasswordCost cheap{1, 8};  // tests are not attacked
    return ClosedVault{Profile::in(folder.path())}.create(
        {VaultMethod::passphrase, std::move(words)}, wall_clock(), cheap);
  }

  void happens(Event event) {
    driver_.add(std::move(event));
    EXPECT_FALSE(driver_.run());
  }
  // A line on which a question waits for its answer.
  void join() {
    driver_.start();
    proto::pb::ApiRequest request;
    request.mutable_join()->set_name("Alice");
    request.mutable_join()->set_link(proto::format_link(
        {.relay = {"relay.example", 7443, crypto::DhKeyPair::generate().public_key},
         .invite = crypto::Capability::random(),
         .contact = {}}));
    happens(event::Command{1, request});
    ASSERT_EQ(dialled_.size(), 1U);
    happens(event::LineUp{dialled_[0], {}});
  }

  void dial(const Dial& dial) override { dialled_.push_back(dial.line); }
  void hang_up(LineId line) override { hung_up_.push_back(line); }
  void hang_up_all() override {}
  void transmit(LineId, crypto::ByteView) override {}
  void answer(CommandId, proto::pb::ApiReply) override {}

  TemporaryFolder folder_;
  Driver driver_{new_vault(folder_), *this};
  std::vector<LineId> dialled_;
  std::vector<LineId> hung_up_;
};

TEST_F(DriverTest, ALineThatDiedWhileTheMachineSleptIsLeftWhenItWakes) {
  join();
  EXPECT_GT(driver_.next_tick(), seconds{0});
  happens(event::Tick{});
  EXPECT_TRUE(hung_up_.empty());

  slept += hours{1};
  EXPECT_LE(driver_.next_tick(), seconds{0});
  happens(event::Tick{});
  EXPECT_EQ(hung_up_, dialled_);
}

// Also in a process that runs for days, and whether the machine slept or not.
TEST_F(DriverTest, AnotherDayOfTheVaultBeginsByItself) {
  join();
  EXPECT_FALSE(driver_.vault().is_day_over(wall_clock()));
  for (int day = 1; day <= 3; ++day) {
    slept += hours{25};
    EXPECT_LE(driver_.next_tick(), seconds{0});
    EXPECT_TRUE(driver_.vault().is_day_over(wall_clock()));
    happens(event::Tick{});
    EXPECT_FALSE(driver_.vault().is_day_over(wall_clock()));
    EXPECT_GT(driver_.next_tick(), seconds{0});
  }
}

}  // namespace
}  // namespace bisik::client
