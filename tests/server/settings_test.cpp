#include "server/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "proto/limits.hpp"

namespace bisik::server {
namespace {

using testing::Eq;
using testing::HasSubstr;
using testing::Optional;

const Setting& setting(std::string_view name) {
  const auto* found = find_setting(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

std::optional<std::string> refused(std::string_view name, const Given& value) {
  Config config;
  return assign(setting(name), value, config);
}

TEST(SettingTable, EachHasNamesOfItsOwnAndSaysWhatItIs) {
  std::set<std::string> names, variables, flags;
  for (const auto& each : setting_table()) {
    names.insert(each.name);
    variables.insert(each.variable());
    flags.insert(each.flag().value_or(each.name));
    EXPECT_FALSE(each.what.empty()) << each.name;
  }
  EXPECT_EQ(names.size(), setting_table().size());
  EXPECT_EQ(variables.size(), setting_table().size());
  EXPECT_EQ(flags.size(), setting_table().size());
}

TEST(SettingTable, HasEveryLimit) {
  for (const auto& line : limit_table()) {
    EXPECT_NE(find_setting("limits." + std::string{line.name}), nullptr) << line.name;
  }
}

TEST(SettingTable, NamesItsVariablesAndFlags) {
  EXPECT_EQ(setting("require_mlock").variable(), "BISIK_RELAY_REQUIRE_MLOCK");
  EXPECT_THAT(setting("require_mlock").flag(), Optional(Eq("--require-mlock")));
  EXPECT_EQ(setting("limits.knock_cells").variable(), "BISIK_RELAY_LIMITS_KNOCK_CELLS");
  EXPECT_EQ(setting("limits.knock_cells").flag(), std::nullopt);
}

TEST(Limits, HaveADefaultThatMayBeChosenAndFitsTheProtocol) {
  for (const auto& line : limit_table()) {
    const auto value = Limits{}.*line.value;
    EXPECT_LE(line.least, value) << line.name;
    EXPECT_GE(line.most, value) << line.name;
    EXPECT_TRUE(line.unit != "seconds" || line.most <= proto::kMaxLifetimeSeconds) << line.name;
  }
}

TEST(Assign, TakesEachLimitAtBothEndsOfItsRangeAndNothingBeyond) {
  for (const auto& line : limit_table()) {
    if (line.least == line.most) continue;
    const auto& limit = setting("limits." + std::string{line.name});
    Config config;
    for (const auto value : {line.least, line.most}) {
      EXPECT_EQ(assign(limit, static_cast<std::int64_t>(value), config), std::nullopt);
      EXPECT_EQ(config.limits.*line.value, value);
    }
    const auto above = static_cast<std::int64_t>(line.most) + 1;
    EXPECT_THAT(assign(limit, above, config), Optional(HasSubstr("it must be from")));
    const auto below = static_cast<std::int64_t>(line.least) - 1;
    EXPECT_THAT(assign(limit, below, config), Optional(HasSubstr("it must be from")));
    EXPECT_EQ(config.limits.*line.value, line.most) << "a refused value changes nothing";
  }
}

TEST(Assign, LetsNobodyChooseWhatClientsCountOn) {
  EXPECT_THAT(refused("limits.cell_lifetime", std::int64_t{7}),
              Optional(HasSubstr("clients count on 30 days")));
  EXPECT_EQ(refused("limits.cell_lifetime", std::int64_t{30}), std::nullopt);
}

TEST(Assign, ReadsAmountsWithTheUnitsOfTheirKind) {
  Config config;
  const auto take = [&](std::string_view name, const std::string& text) {
    return assign(setting(name), text, config) == std::nullopt;
  };
  EXPECT_TRUE(take("limits.mailbox_bytes", "256 MiB"));
  EXPECT_EQ(config.limits.mailbox_bytes, 256U * 1024 * 1024);
  EXPECT_TRUE(take("limits.mailbox_bytes", "1GiB"));
  EXPECT_EQ(config.limits.mailbox_bytes, 1024U * 1024 * 1024);
  EXPECT_TRUE(take("limits.silence", "5m"));
  EXPECT_EQ(config.limits.silence_seconds, 300U);
  EXPECT_TRUE(take("limits.knock_cell_lifetime", "3d"));
  EXPECT_EQ(config.limits.knock_cell_days, 3U);
  for (const auto* wrong : {"", "MiB", "1 MB", "-1 MiB", "1 MiB ", "1.5 MiB", "5m", "1  MiB"}) {
    EXPECT_FALSE(take("limits.mailbox_bytes", wrong)) << wrong;
  }
  EXPECT_FALSE(take("limits.mailbox_bytes", "18446744073709551615 TiB")) << "does not wrap around";
  EXPECT_FALSE(take("limits.knock_cells", "1 KiB")) << "cells are counted, not measured";
}

TEST(Assign, RefusesEveryWrongTypeAndSaysWhatIsRight) {
  const std::vector<std::pair<std::string_view, std::string_view>> right{
      {"listen", "[\"[::]:7443\"]"},
      {"advertise", "\"chat.example.org:7443\""},
      {"log_level", "debug, info, warn, error, off"},
      {"require_mlock", "true or false"},
      {"limits.knock_cells", "write it like 1000"},
  };
  for (const auto& [name, words] : right) {
    EXPECT_THAT(refused(name, Unusable{"a date"}), Optional(HasSubstr(words))) << name;
    EXPECT_THAT(refused(name, Unusable{"a date"}), Optional(HasSubstr("a date"))) << name;
  }
  EXPECT_NE(refused("listen", std::string{"127.0.0.1:1"}), std::nullopt);
  EXPECT_NE(refused("require_mlock", std::string{"true"}), std::nullopt);
  EXPECT_NE(refused("require_mlock", std::int64_t{1}), std::nullopt);
  EXPECT_NE(refused("limits.knock_cells", true), std::nullopt);
  EXPECT_NE(refused("log_level", std::string{"loud"}), std::nullopt);
  EXPECT_NE(refused("advertise", std::string{"no host"}), std::nullopt);
  EXPECT_NE(refused("data", std::string{}), std::nullopt);
}

TEST(Assign, RefusesAnAddressThatIsThereTwice) {
  using Texts = std::vector<std::string>;
  EXPECT_THAT(refused("listen", Texts{"127.0.0.1:1", "[::1]:1", "127.0.0.1:1"}),
              Optional(HasSubstr("\"127.0.0.1:1\" twice")));
  EXPECT_EQ(refused("listen", Texts{"127.0.0.1:1", "[::1]:1"}), std::nullopt);
  EXPECT_EQ(refused("shared_addresses", Texts{"192.0.2.7", "192.0.2.7"}), std::nullopt)
      << "harmless";
}

TEST(FromText, MakesTheTypeOfTheSetting) {
  EXPECT_EQ(std::get<bool>(from_text(setting("require_mlock"), "true")), true);
  EXPECT_EQ(std::get<std::int64_t>(from_text(setting("limits.knock_cells"), "12")), 12);
  EXPECT_EQ(std::get<std::string>(from_text(setting("limits.mailbox_bytes"), "1 MiB")), "1 MiB");
  EXPECT_THAT(std::get<std::vector<std::string>>(from_text(setting("listen"), "a:1, b:2")),
              testing::ElementsAre("a:1", "b:2"));
  EXPECT_NE(refused("require_mlock", from_text(setting("require_mlock"), "yes")), std::nullopt);
  EXPECT_NE(refused("limits.knock_cells", from_text(setting("limits.knock_cells"), "12x")),
            std::nullopt);
}

TEST(UnknownSetting, NamesTheOneThatWasMeant) {
  EXPECT_THAT(unknown_setting("lisetn"), HasSubstr("did you mean listen?"));
  EXPECT_THAT(unknown_setting("limits.conections"), HasSubstr("did you mean limits.connections?"));
  EXPECT_THAT(unknown_setting("mailbox_byte"), HasSubstr("did you mean limits.mailbox_bytes?"));
  EXPECT_THAT(unknown_setting("mailbox_bytes"), HasSubstr("below [limits]"));
  EXPECT_THAT(unknown_setting("limits.listen"), HasSubstr("above [limits]"));
  EXPECT_THAT(unknown_setting("colour"), HasSubstr("remove it"));
  EXPECT_THAT(unknown_setting(std::string(100'000, 'x')), HasSubstr("remove it"));
}

}  // namespace
}  // namespace bisik::server
