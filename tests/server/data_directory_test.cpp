#include "server/data_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "server/problem.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

class DataDirectoryTest : public testing::Test {
 protected:
  storage::TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "state" / "relay";
};

TEST_F(DataDirectoryTest, IsCreatedWithWhatIsAboveItAndForItsUserAlone) {
  const auto old_mask = ::umask(077);
  const auto directory = DataDirectory::open(path);
  ::umask(old_mask);
  EXPECT_EQ(mode_of(path), 0700U);
  EXPECT_EQ(mode_of(path.parent_path()), 0700U);
}

TEST_F(DataDirectoryTest, IsClosedToOthersIfItWasOpen) {
  std::filesystem::create_directories(path);
  ::chmod(path.c_str(), 0755);
  DataDirectory::open(path);
  EXPECT_EQ(mode_of(path), 0700U);
}

TEST_F(DataDirectoryTest, AnInviteNeedsOneThatIsThere) {
  try {
    DataDirectory::open_existing(path);
    ADD_FAILURE();
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), Exit::user);
    EXPECT_THAT(problem.what(), HasSubstr("bisik-relay up"));
  }
}

TEST_F(DataDirectoryTest, AFileInItsPlaceIsAProblemAndNoCrash) {
  std::ofstream{folder.path() / "state"} << "a file";
  EXPECT_THROW(DataDirectory::open(path), Problem);
  EXPECT_THROW(DataDirectory::open(folder.path() / "state"), Problem);
}

TEST_F(DataDirectoryTest, OneAtATimeUsesIt) {
  auto first = DataDirectory::open(path);
  EXPECT_TRUE(first.try_lock());
  EXPECT_FALSE(DataDirectory::open(path).try_lock());
}

TEST_F(DataDirectoryTest, TheLockGoesWithItsOwner) {
  { EXPECT_TRUE(DataDirectory::open(path).try_lock()); }
  EXPECT_TRUE(DataDirectory::open(path).try_lock());
}

TEST_F(DataDirectoryTest, KeepsTheAddressesForInvites) {
  const auto directory = DataDirectory::open(path);
  EXPECT_THAT(directory.read_addresses(), IsEmpty());
  directory.write_addresses({"192.0.2.1:1", "[2001:db8::1]:2"});
  directory.write_addresses({"192.0.2.1:3", "[2001:db8::1]:2"});
  EXPECT_THAT(directory.read_addresses(), ElementsAre("192.0.2.1:3", "[2001:db8::1]:2"));
  EXPECT_EQ(mode_of(path / "addresses"), 0600U);
}

TEST(DefaultDataDirectory, FollowsTheEnvironment) {
  ::setenv("XDG_STATE_HOME", "/var/state", 1);
  EXPECT_EQ(default_data_directory(), "/var/state/bisik-relay");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  ::setenv("HOME", "/home/alice", 1);
  EXPECT_EQ(default_data_directory(), "/home/alice/.local/state/bisik-relay");
  ::unsetenv("XDG_STATE_HOME");
}

}  // namespace
}  // namespace bisik::server
