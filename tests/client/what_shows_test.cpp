// What counts as nothing to see, and as one emoji.
#include "client/what_shows.hpp"

#include <gtest/gtest.h>

namespace bisik::client {
namespace {

TEST(WhatShows, SpacesAndInvisibleCharactersAreBlank) {
  for (const auto* text :
       {"", " ", "   ", "\t", "\n\n", "\r\n", "\v\f", "\u00a0\u3000", "\u200b", "\u2028 \u2800"}) {
    EXPECT_TRUE(is_blank(text)) << '"' << text << '"';
  }
  for (const auto* text : {"x", " . ", "\n-\n", "\u00e9", "\U0001f44d", "\xff"}) {
    EXPECT_FALSE(is_blank(text)) << '"' << text << '"';
  }
}

TEST(WhatShows, OneEmojiIsOneCharacterAsPeopleCountThem) {
  for (const auto* text :
       {"\U0001f44d", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0001f1e9\U0001f1ea",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467", "1\ufe0f\u20e3", "+", "!", "\u2713",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"}) {
    EXPECT_TRUE(is_one_emoji(text)) << text;
  }
  for (const auto* text : {"", "x", "X", "7", "xx", "+1", "a\u0301", " ", "\n", "\u200d", "\x1b",
                           "\U0001f44d\U0001f44d", "\U0001f44d ", "\U0001f44d!",
                           "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7"}) {
    EXPECT_FALSE(is_one_emoji(text)) << text;
  }
}

}  // namespace
}  // namespace bisik::client
