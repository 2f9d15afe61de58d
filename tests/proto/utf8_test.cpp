#include "proto/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bisik::proto {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const auto value : values) out.push_back(static_cast<char>(value));
  return out;
}

TEST(Utf8, TextOfEveryLengthIsText) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("hello\n"));
  EXPECT_TRUE(is_utf8("h\u00e9 \u20ac \U0001f642"));
  EXPECT_TRUE(is_utf8(std::string(3, '\0')));
}

// Unicode 15, table 3-7: the first and the last sequence of each row, and their neighbours.
TEST(Utf8, TheEdgesOfTheTableAreWhereTheStandardHasThem) {
  EXPECT_TRUE(is_utf8(bytes({0x7f})));
  EXPECT_FALSE(is_utf8(bytes({0x80})));
  EXPECT_FALSE(is_utf8(bytes({0xc1, 0xbf})));
  EXPECT_TRUE(is_utf8(bytes({0xc2, 0x80})));
  EXPECT_TRUE(is_utf8(bytes({0xdf, 0xbf})));
  EXPECT_FALSE(is_utf8(bytes({0xe0, 0x9f, 0xbf})));
  EXPECT_TRUE(is_utf8(bytes({0xe0, 0xa0, 0x80})));
  EXPECT_TRUE(is_utf8(bytes({0xed, 0x9f, 0xbf})));
  EXPECT_FALSE(is_utf8(bytes({0xed, 0xa0, 0x80})));
  EXPECT_TRUE(is_utf8(bytes({0xee, 0x80, 0x80})));
  EXPECT_TRUE(is_utf8(bytes({0xef, 0xbf, 0xbf})));
  EXPECT_FALSE(is_utf8(bytes({0xf0, 0x8f, 0xbf, 0xbf})));
  EXPECT_TRUE(is_utf8(bytes({0xf0, 0x90, 0x80, 0x80})));
  EXPECT_TRUE(is_utf8(bytes({0xf4, 0x8f, 0xbf, 0xbf})));
  EXPECT_FALSE(is_utf8(bytes({0xf4, 0x90, 0x80, 0x80})));
  EXPECT_FALSE(is_utf8(bytes({0xf5, 0x80, 0x80, 0x80})));
  EXPECT_FALSE(is_utf8(bytes({0xff})));
}

TEST(Utf8, SequencesCutShortOrContinuedWrongAreNotText) {
  EXPECT_FALSE(is_utf8(bytes({0xc2})));
  EXPECT_FALSE(is_utf8(bytes({0xe2, 0x82})));
  EXPECT_FALSE(is_utf8(bytes({0xf0, 0x9f, 0x99})));
  EXPECT_FALSE(is_utf8(bytes({0xe2, 0x82, 'a'})));
  EXPECT_FALSE(is_utf8(bytes({0xf0, 0x9f, 0x99, 0xc2})));
  EXPECT_FALSE(is_utf8(bytes({'a', 0xbf, 'b'})));
}

}  // namespace
}  // namespace bisik::proto
