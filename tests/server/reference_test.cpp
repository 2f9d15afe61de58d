// What the documents say about the configuration is what the table says.
#include "server/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/storage/temporary_folder.hpp"

namespace bisik::server {
namespace {

using testing::IsEmpty;

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

TEST(Reference, ThePageInTheDocumentsIsTheTable) {
  EXPECT_EQ(content(std::filesystem::path{SOURCE_DIR} / "docs/relay-configuration.md"),
            reference_page())
      << "bisik-relay config --reference > docs/relay-configuration.md";
}

TEST(Reference, ThePageNamesEverySetting) {
  const auto page = reference_page();
  for (const auto& setting : setting_table()) {
    const auto name = setting.name.substr(setting.name.rfind('.') + 1);
    EXPECT_NE(page.find("`" + name + "`"), std::string::npos) << name;
  }
}

class ExampleFile : public testing::Test {
 protected:
  [[nodiscard]] Configured configured(const std::string& text) {
    std::ofstream{path} << text;
    return configure({.file = path, .flags = {}, .environment = {}});
  }
  storage::TemporaryFolder folder;
  std::string path = folder.path() / "example.toml";
};

TEST_F(ExampleFile, SaysNothingAsItIs) {
  const auto as_printed = configured(example_file());
  EXPECT_THAT(as_printed.faults, IsEmpty());
  EXPECT_THAT(as_printed.sources, IsEmpty());
}

TEST_F(ExampleFile, SetsEverythingThatMayBeChosenOnceItsMarksAreRemoved) {
  std::string text;
  std::istringstream lines{example_file()};
  for (std::string line; std::getline(lines, line);) {
    const bool a_setting = line.starts_with('#') && !line.starts_with("# ");
    text += (a_setting ? line.substr(1) : line) + "\n";
  }
  const auto all = configured(text);
  EXPECT_THAT(all.faults, IsEmpty());
  for (const auto& setting : setting_table()) {
    const auto* limit = std::get_if<LimitSetting>(&setting.kind);
    const bool fixed = limit != nullptr && limit->line.least == limit->line.most;
    EXPECT_EQ(all.chosen(setting.name), !fixed) << setting.name;
    if (limit == nullptr) continue;
    EXPECT_EQ(all.config.limits.*limit->line.value, Limits{}.*limit->line.value) << setting.name;
  }
}

}  // namespace
}  // namespace bisik::server
