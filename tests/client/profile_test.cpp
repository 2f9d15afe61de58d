#include "client/profile.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "client/problem.hpp"
#include "tests/client/temporary_folder.hpp"

namespace bisik::client {
namespace {

class ProfileTest : public testing::Test {
 protected:
  void SetUp() override {
    setenv("HOME", folder.path().c_str(), 1);
    unsetenv("BISIK_HOME");
    unsetenv("XDG_DATA_HOME");
  }

  TemporaryFolder folder;
};

TEST_F(ProfileTest, WithoutAnythingSaidItIsTheDefaultOneBelowHome) {
  EXPECT_EQ(Profile::find({}).folder(), folder.path() / ".local/share/bisik/default");
}

TEST_F(ProfileTest, XdgMovesItUnlessItIsRelative) {
  setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(Profile::find({}).folder(), "/data/bisik/default");
  setenv("XDG_DATA_HOME", "data", 1);
  EXPECT_EQ(Profile::find({}).folder(), folder.path() / ".local/share/bisik/default");
}

TEST_F(ProfileTest, BisikHomeIsTheFolderItselfAndAnExplicitNameIsStronger) {
  setenv("BISIK_HOME", "/somewhere", 1);
  EXPECT_EQ(Profile::find({}).folder(), "/somewhere");
  EXPECT_EQ(Profile::find("work").folder(), folder.path() / ".local/share/bisik/work");
}

TEST_F(ProfileTest, ANameIsNoPath) {
  for (const auto* name : {"", "..", ".x", "a/b", "-n", "a b", "../../etc"}) {
    EXPECT_THROW((void)Profile::find(name), Problem) << name;
  }
}

TEST_F(ProfileTest, PreparedFoldersAreForNobodyElse) {
  const auto profile = Profile::in(folder.path() / "a/b");
  profile.prepare();
  struct stat status {};
  ASSERT_EQ(stat(profile.folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  EXPECT_FALSE(profile.exists());
}

TEST_F(ProfileTest, AFileInPlaceOfTheFolderIsAProblemAndStays) {
  write_whole(folder.path() / "file", "mine");
  EXPECT_THROW(Profile::in(folder.path() / "file").prepare(), Problem);
  EXPECT_EQ(read_whole(folder.path() / "file"), "mine");
}

TEST_F(ProfileTest, OneOwnerAtATime) {
  const auto profile = Profile::in(folder.path());
  auto first = ProfileLock::try_take(profile);
  ASSERT_TRUE(first);
  EXPECT_FALSE(ProfileLock::try_take(profile));
  first.reset();
  EXPECT_TRUE(ProfileLock::try_take(profile));
}

// Each child that has the lock finds the file it makes there absent, or two had it at once.
bool hold_once(const Profile& profile, const std::filesystem::path& mark) {
  for (;;) {
    const auto lock = ProfileLock::try_take(profile);
    if (!lock) continue;
    const int fd = open(mark.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (fd < 0) return false;
    close(fd);
    return unlink(mark.c_str()) == 0;
  }
}

TEST_F(ProfileTest, TwentyProcessesNeverOwnItTogether) {
  const auto profile = Profile::in(folder.path());
  std::vector<pid_t> children;
  for (int i = 0; i < 20; ++i) {
    const auto child = fork();
    if (child == 0) _exit(hold_once(profile, folder.path() / "mark") ? 0 : 1);
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

TEST_F(ProfileTest, ASocketBelowADeepFolderHasAShortName) {
  const auto profile = Profile::in(folder.path() / std::string(120, 'd') / std::string(120, 'e'));
  profile.prepare();
  const SocketName name{profile};
  EXPECT_LT(name.path().size(), 108U);
  write_whole(name.path(), "reached");
  EXPECT_EQ(read_whole(profile.folder() / "api.sock"), "reached");
}

}  // namespace
}  // namespace bisik::client
