#include "server/config_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ConfigFileTest : public testing::Test {
 protected:
  ConfigFile read(const std::string& text) {
    std::ofstream{path} << text;
    return read_config_file(path);
  }
  void expect_fault(const std::string& text, std::size_t line, const std::string& words) {
    const auto file = read(text);
    ASSERT_EQ(file.faults.size(), 1U) << text;
    EXPECT_EQ(file.faults.front().line, line) << text;
    EXPECT_EQ(file.faults.front().source, path);
    EXPECT_THAT(file.faults.front().sentence, HasSubstr(words));
  }

  storage::TemporaryFolder folder;
  std::string path = folder.path() / "relay.toml";
};

TEST_F(ConfigFileTest, KeepsNamesTypesAndLines) {
  const auto file = read(
      "# a relay\n"
      "listen = [\"127.0.0.1:1\",\n  \"127.0.0.1:2\"]\n"
      "require_mlock = true\n"
      "[limits]\n"
      "knock_cells = 0x10\n"
      "mailbox_bytes = \"1 MiB\"\n");
  EXPECT_THAT(file.faults, IsEmpty());
  ASSERT_EQ(file.entries.size(), 4U);
  EXPECT_EQ(file.entries[0].name, "listen");
  EXPECT_EQ(file.entries[0].line, 2U);
  EXPECT_EQ(std::get<std::vector<std::string>>(file.entries[0].value).size(), 2U);
  EXPECT_EQ(file.entries[1].line, 4U);
  EXPECT_TRUE(std::get<bool>(file.entries[1].value));
  EXPECT_EQ(file.entries[2].name, "limits.knock_cells");
  EXPECT_EQ(std::get<std::int64_t>(file.entries[2].value), 16);
  EXPECT_EQ(std::get<std::string>(file.entries[3].value), "1 MiB");
}

TEST_F(ConfigFileTest, AnEmptyFileSaysNothing) {
  EXPECT_THAT(read("").entries, IsEmpty());
  EXPECT_THAT(read("").faults, IsEmpty());
}

TEST_F(ConfigFileTest, NamesTheLineOfWhatIsNoToml) {
  expect_fault("\n\nlisten\n", 3, "not TOML");
  expect_fault("a = [1,\n2\n", 2, "not TOML");
  expect_fault("a = 99999999999999999999\n", 1, "not TOML");
  expect_fault("a = \"\\q\"\n", 1, "not TOML");
}

TEST_F(ConfigFileTest, NamesTheLineOfWhatIsSaidTwice) {
  expect_fault("listen = []\nadvertise = \"a.b\"\nlisten = []\n", 3, "keep one of the two");
  expect_fault("[limits]\n[limits]\n", 2, "keep one of the two");
}

TEST_F(ConfigFileTest, NamesTheLineThatIsNotUtf8) {
  expect_fault("# one\nadvertise = \"\xff\"\n", 2, "not UTF-8");
  expect_fault("\xc0\xaf", 1, "not UTF-8");
  expect_fault(std::string{"# \xed\xa0\x80\n"}, 1, "not UTF-8");
}

TEST_F(ConfigFileTest, KnowsNoOtherSections) {
  expect_fault("[limit]\nknock_cells = 1\n", 1, "no section");
  expect_fault("[limits.more]\nknock_cells = 1\n", 1, "no section");
}

TEST_F(ConfigFileTest, SaysWhatAValueIsThatNoSettingTakes) {
  const auto file = read("a = 1.5\nb = 2026-01-01\nc = [1]\nlisten = {x = 1}\n");
  std::vector<std::string> what;
  for (const auto& entry : file.entries) what.push_back(std::get<Unusable>(entry.value).what);
  EXPECT_THAT(what, testing::ElementsAre("a fraction", "a date or time",
                                         "a list of other things than texts", "a section"));
}

TEST_F(ConfigFileTest, WhatIsNoFileIsOneFaultWithoutALine) {
  const auto fault = [](const std::string& name) {
    const auto file = read_config_file(name);
    EXPECT_EQ(file.faults.size(), 1U) << name;
    return file.faults.empty() ? std::string{} : file.faults.front().text();
  };
  EXPECT_THAT(fault(folder.path()), HasSubstr("is a directory"));
  EXPECT_THAT(fault(path + "x"), HasSubstr("no such file"));
  EXPECT_THAT(fault("/dev/zero"), HasSubstr("is no file"));
  ASSERT_EQ(::mkfifo((path + ".fifo").c_str(), 0600), 0);
  EXPECT_THAT(fault(path + ".fifo"), HasSubstr("is no file"));
  std::ofstream{path} << std::string(1'000'000, '#');
  EXPECT_THAT(fault(path), HasSubstr("larger"));
}

TEST_F(ConfigFileTest, StaysOneLineWhateverAValueHolds) {
  const Fault fault{"a\nb", 3, "x\x1b[2Jy\n"};
  EXPECT_EQ(fault.text(), "a?b:3: x?[2Jy?");
}

}  // namespace
}  // namespace bisik::server
