#include "server/configure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "server/problem.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ConfigureTest : public testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream{path} << text; }
  [[nodiscard]] std::vector<std::string> faults() const {
    std::vector<std::string> sentences;
    for (const auto& fault : configure(wishes).faults) sentences.push_back(fault.text());
    return sentences;
  }

  storage::TemporaryFolder folder;
  std::string path = folder.path() / kConfigName;
  Wishes wishes{.file = {}, .flags = {{"data", Given{folder.path().string()}}}, .environment = {}};
};

TEST_F(ConfigureTest, NothingSaidIsEveryDefault) {
  const auto configured = configure(wishes);
  EXPECT_THAT(configured.faults, IsEmpty());
  EXPECT_EQ(configured.file, std::nullopt);
  EXPECT_EQ(configured.config.data, folder.path());
  EXPECT_EQ(configured.config.log_level, "info");
  EXPECT_FALSE(configured.chosen("log_level"));
}

TEST_F(ConfigureTest, AFlagGoesBeforeAVariableThatBeforeTheFileThatBeforeTheDefault) {
  const auto level = [this] { return configure(wishes).config.log_level; };
  write("log_level = \"warn\"\n");
  EXPECT_EQ(level(), "warn");
  wishes.environment["BISIK_RELAY_LOG_LEVEL"] = "error";
  EXPECT_EQ(level(), "error");
  wishes.flags["log_level"] = Given{"off"};
  EXPECT_EQ(level(), "off");
  EXPECT_TRUE(configure(wishes).chosen("log_level"));
}

TEST_F(ConfigureTest, AListReplacesAListAndIsNotAddedToIt) {
  write("listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n");
  wishes.environment["BISIK_RELAY_LISTEN"] = "127.0.0.1:3";
  EXPECT_THAT(configure(wishes).config.listen, testing::ElementsAre("127.0.0.1:3"));
}

TEST_F(ConfigureTest, ANamedFileGoesBeforeThatInTheDataDirectoryAndMustBeThere) {
  write("log_level = \"warn\"\n");
  const auto other = (folder.path() / "other.toml").string();
  wishes.environment[std::string{kConfigVariable}] = other;
  EXPECT_THAT(faults(), testing::ElementsAre(HasSubstr("no such file")));
  std::ofstream{other} << "log_level = \"error\"\n";
  EXPECT_EQ(configure(wishes).config.log_level, "error");
  wishes.file = path;
  EXPECT_EQ(configure(wishes).config.log_level, "warn");
}

TEST_F(ConfigureTest, OnlyANamedFileMaySayWhereTheDataIs) {
  write("data = \"/elsewhere\"\n");
  EXPECT_THAT(faults(), testing::ElementsAre(HasSubstr("data cannot be set")));
  wishes.file = path;
  wishes.flags.clear();
  EXPECT_EQ(configure(wishes).config.data, "/elsewhere");
}

TEST_F(ConfigureTest, SaysEveryFaultInTheOrderOfTheLines) {
  write("lisetn = []\n[limits]\nknock_cells = 0\nsilence = 1\n[other]\n");
  wishes.environment["BISIK_RELAY_LOG_LEVEL"] = "loud";
  EXPECT_THAT(faults(), testing::ElementsAre(
                            HasSubstr("relay.toml:1: lisetn"), HasSubstr("relay.toml:3: limits.k"),
                            HasSubstr("relay.toml:4: limits.s"), HasSubstr("relay.toml:5: [other]"),
                            HasSubstr("BISIK_RELAY_LOG_LEVEL: log_level is")));
}

TEST_F(ConfigureTest, AWrongValueIsAFaultAlsoWhereAnotherGoesBeforeIt) {
  write("log_level = 5\n");
  wishes.flags["log_level"] = Given{"off"};
  EXPECT_EQ(faults().size(), 1U);
}

TEST_F(ConfigureTest, VariablesOfOthersArePassedOverAndMistypedOnesAreNot) {
  wishes.environment["BISIK_RELAY_PORT"] = "tcp://10.0.0.1:7443";  // as a cluster sets it
  wishes.environment["BISIK_RELAY_SERVICE_HOST"] = "10.0.0.1";
  EXPECT_THAT(faults(), IsEmpty());
  wishes.environment["BISIK_RELAY_LIMITS_KNOCK_CELS"] = "5";
  EXPECT_THAT(faults(), testing::ElementsAre(HasSubstr("BISIK_RELAY_LIMITS_KNOCK_CELLS?")));
}

TEST_F(ConfigureTest, TwoLimitsThatDoNotGoTogetherAreAFault) {
  write("[limits]\npush_window_bytes = \"64 MiB\"\n");
  EXPECT_THAT(faults(), testing::ElementsAre(HasSubstr("unsent_bytes must be at least twice")));
  write("[limits]\npush_window_bytes = \"64 MiB\"\nunsent_bytes = \"128 MiB\"\n");
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(ConfigureTest, NothingStartsWithAFaultAndItCountsTheOthers) {
  write("a_setting_of_nobody = 1\nanother_setting_of_nobody = 2\n");
  try {
    require_no_faults(configure(wishes));
    FAIL() << "it would have started";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.code(), Exit::user);
    EXPECT_THAT(problem.what(), HasSubstr("relay.toml:1: a_setting_of_nobody"));
    EXPECT_THAT(problem.what(), HasSubstr("1 more"));
  }
  write("");
  EXPECT_NO_THROW(require_no_faults(configure(wishes)));
}

}  // namespace
}  // namespace bisik::server
