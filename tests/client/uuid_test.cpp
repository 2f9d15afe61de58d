#include "client/uuid.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace bisik::client {
namespace {

TEST(Uuid, IsTheBeginningOfTheAccountIdWithVersionAndVariant) {
  EXPECT_EQ(uuid_text(uuid_of(std::vector<std::uint8_t>(32, 0xff))),
            "ffffffff-ffff-8fff-bfff-ffffffffffff");
  EXPECT_EQ(uuid_text(uuid_of(std::vector<std::uint8_t>(32, 0))),
            "00000000-0000-8000-8000-000000000000");
}

TEST(Uuid, IsReadAsItIsWrittenAndInUpperCase) {
  const auto uuid = uuid_of(std::vector<std::uint8_t>(32, 0xab));
  EXPECT_EQ(parse_uuid(uuid_text(uuid)), uuid);
  EXPECT_EQ(parse_uuid("ABABABAB-ABAB-8BAB-ABAB-ABABABABABAB"), uuid);
}

TEST(Uuid, AnythingElseIsNone) {
  for (const auto* text :
       {"", "bob", "abababab-abab-8bab-abab-abababababa", "abababab-abab-8bab-abab-ababababababa",
        "abababababab-8bab-abab-abab-abababab", "gbababab-abab-8bab-abab-abababababab",
        "abababab abab-8bab-abab-abababababab", "ababababababab8bababababababababab-a"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace bisik::client
