#include "server/relay_keys.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "server/problem.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

class RelayKeysTest : public testing::Test {
 protected:
  std::string read() const {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  void write(const std::string& bytes) const {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
  }

  storage::TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "relay.key";
};

TEST_F(RelayKeysTest, AreMadeOnceAndThenKept) {
  const auto key = open_reception(path)->key();
  EXPECT_EQ(open_reception(path)->key(), key);
  EXPECT_EQ(read_public_key(path), key);
}

TEST_F(RelayKeysTest, EveryRelayHasItsOwn) {
  const auto other = folder.path() / "other.key";
  EXPECT_NE(open_reception(path)->key(), open_reception(other)->key());
}

TEST_F(RelayKeysTest, AreForTheirUserAloneAndLeaveNoOtherFile) {
  static_cast<void>(open_reception(path));
  ::chmod(path.c_str(), 0644);
  static_cast<void>(open_reception(path));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
    ++files;
  }
  EXPECT_EQ(files, 1U);
}

// Each bit: another relay that nobody knows would be the result of overlooking one.
TEST_F(RelayKeysTest, AFlippedBitIsFoundOutAndNothingIsOverwritten) {
  static_cast<void>(open_reception(path));
  const auto sound = read();
  ASSERT_EQ(sound.size(), 128U);
  for (std::size_t byte = 0; byte < sound.size(); ++byte) {
    auto damaged = sound;
    // Of an X25519 secret three low and two high bits are no part of the key.
    damaged[byte] = static_cast<char>(damaged[byte] ^ 0x20);
    write(damaged);
    EXPECT_THROW(static_cast<void>(open_reception(path)), Problem) << byte;
    EXPECT_EQ(read(), damaged);
  }
}

TEST_F(RelayKeysTest, AFileOfAnotherLengthIsDamaged) {
  static_cast<void>(open_reception(path));
  const auto sound = read();
  for (const auto& wrong : {std::string{}, sound.substr(1), sound + "x"}) {
    write(wrong);
    EXPECT_THROW(static_cast<void>(open_reception(path)), Problem) << wrong.size();
  }
}

TEST_F(RelayKeysTest, APlaceThatCannotBeWrittenIsAProblem) {
  EXPECT_THROW(static_cast<void>(open_reception("/proc/relay.key")), Problem);
  EXPECT_THROW(static_cast<void>(read_public_key(path)), Problem);
}

}  // namespace
}  // namespace bisik::server
