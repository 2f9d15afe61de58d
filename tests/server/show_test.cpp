#include "server/show.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bisik::server {
namespace {

const std::vector<ShownRow> kRows{{"short", 7, "cells", "why"},
                                  {"a_longer_name", 123'456, "s", "another \"reason\""}};

TEST(ShowTest, AlignsNamesNumbersAndUnits) {
  EXPECT_EQ(as_table(kRows),
            "short               7 cells  why\n"
            "a_longer_name  123456 s      another \"reason\"\n");
  EXPECT_EQ(as_table({}), "");
}

TEST(ShowTest, IsOneJsonObjectWithAMemberForEach) {
  const auto object = nlohmann::json::parse(as_json(kRows, "reason"));
  EXPECT_EQ(object.size(), 2U);
  EXPECT_EQ(object["a_longer_name"]["value"], 123'456);
  EXPECT_EQ(object["a_longer_name"]["reason"], "another \"reason\"");
  EXPECT_EQ(object["short"]["unit"], "cells");
}

}  // namespace
}  // namespace bisik::server
