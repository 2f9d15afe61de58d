// The configuration file, as far as it is text.
#include "client/cli/config.hpp"

#include <gtest/gtest.h>

namespace bisik::client {
namespace {

TEST(Config, HasAnOptionALineBelowItsCommand) {
  const auto config = parse_config(
      "# everybody's\n\njson = true\r\n[ send ]  # mine\ntimeout=60\n\tat = \"18:30\"\n"
      "[devices remove]\nyes = no # not yet");
  ASSERT_FALSE(config.mistake) << *config.mistake;
  EXPECT_EQ(config.settings, (std::vector<Setting>{{"", "json", "true", 3},
                                                   {"send", "timeout", "60", 5},
                                                   {"send", "at", "18:30", 6},
                                                   {"devices remove", "yes", "no", 8}}));
}

TEST(Config, QuotesKeepWhatStandsBetweenThem) {
  const auto config = parse_config(R"(exec = "/a b/#c \"d\" \\e" # comment)");
  ASSERT_EQ(config.settings.size(), 1U) << config.mistake.value_or("");
  EXPECT_EQ(config.settings[0].value, R"(/a b/#c "d" \e)");
}

TEST(Config, AMistakeIsNamedByItsLineAndLeavesNothing) {
  for (const auto* text :
       {"json", "= x", "json =", "a b = c", "json = a b", "json = \"a", "json = \"a\" b",
        "json = \"a\\n\"", "json = \"a\\", "[send", "[]", "[a b c]", "[a  b]", "-json = true"}) {
    const auto config = parse_config(std::string{"quiet = true\n"} + text);
    EXPECT_EQ(config.mistake, "line 2 is no setting") << text;
    EXPECT_TRUE(config.settings.empty()) << text;
  }
}

TEST(Config, IsNoLongerThanItMayBe) {
  EXPECT_FALSE(parse_config(std::string(64 * 1024, '\n')).mistake);
  EXPECT_TRUE(parse_config(std::string(64 * 1024 + 1, '\n')).mistake);
}

}  // namespace
}  // namespace bisik::client
