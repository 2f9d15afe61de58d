// Lines that are longer than a terminal is wide: broken at spaces, by columns and not by bytes.
#include "client/cli/line_wrap.hpp"

#include <gtest/gtest.h>

#include "client/safe_text.hpp"

namespace bisik::client {
namespace {

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent = 0) {
  LineWrap wrap{columns};
  wrap.hang(indent);
  auto all = wrap.take(text);
  return all + wrap.finish();
}

TEST(LineWrap, BreaksAtSpacesAndNowhereElse) {
  EXPECT_EQ(wrapped("the quick brown fox jumps", 10), "the quick\nbrown fox\njumps");
  EXPECT_EQ(wrapped("exactly 10", 10), "exactly 10");
  EXPECT_EQ(wrapped("exactly 10 and", 10), "exactly 10\nand");
  EXPECT_EQ(wrapped("short", 10), "short");
  EXPECT_EQ(wrapped("", 10), "");
}

TEST(LineWrap, AWordThatIsLongerThanALineIsBroken) {
  EXPECT_EQ(wrapped("see abcdefghijklm now", 6), "see\nabcdef\nghijkl\nm now");
  EXPECT_EQ(wrapped("abcdefghijkl", 6), "abcdef\nghijkl");
  EXPECT_EQ(wrapped("abcdefgh", 6, 2), "abcdef\n  gh") << "the first line begins where it begins";
}

TEST(LineWrap, EndsOfLinesStayAndWhatGoesOnIsIndented) {
  EXPECT_EQ(wrapped("one two\n  three four\n", 8, 2), "one two\n  three\n  four\n");
  EXPECT_EQ(wrapped("a\n\nb\n", 8), "a\n\nb\n");
}

// Whatever somebody writes, no line of it begins where ours do.
TEST(LineWrap, ManySpacesDoNotMoveAWordToTheBeginning) {
  EXPECT_EQ(wrapped("Bob: hi" + std::string(40, ' ') + "12:00 Eve: x", 12, 3),
            "Bob: hi\n   12:00\n   Eve: x");
  EXPECT_EQ(wrapped("Bob:\n   " + std::string(40, ' ') + "Eve: x", 12, 3), "Bob:\n   Eve: x");
}

TEST(LineWrap, CountsColumnsAndNotBytes) {
  EXPECT_EQ(wrapped("Grüße über Öl", 10), "Grüße über\nÖl");
  EXPECT_EQ(wrapped("世界 世界 世界", 9), "世界 世界\n世界") << "each takes two";
  EXPECT_EQ(wrapped("世界世界世", 5), "世界\n世界\n世") << "and none is cut in half";
  EXPECT_EQ(wrapped("שלום עולם שלום", 9), "שלום עולם\nשלום");
}

TEST(LineWrap, WhatJoinsACharacterStaysWithIt) {
  const std::string accented = "a\u0301\u0323";
  EXPECT_EQ(wrapped(accented + accented + accented, 2), accented + accented + "\n" + accented);
  const std::string hand = "\U0001f44b\U0001f3fd";  // with the colour of its skin
  EXPECT_EQ(wrapped(hand + hand, 6), hand + "\n" + hand);
  const std::string syllable = "\u1112\u1161\u11ab";  // in three parts
  EXPECT_EQ(wrapped(syllable + syllable, 3), syllable + "\n" + syllable);
}

TEST(LineWrap, SequencesForTheTerminalHaveNoColumnsAndStayWithTheirWord) {
  LineWrap wrap{10};
  std::string all = wrap.take("12:00 ");
  wrap.take_control("<b>");
  all += wrap.take("Bobby");
  wrap.take_control("</b>");
  all += wrap.take(": hi\n");
  all += wrap.finish();
  EXPECT_EQ(all, "12:00\n<b>Bobby</b>: hi\n");
}

TEST(LineWrap, ATerminalThatIsTooNarrowGetsNoIndent) {
  EXPECT_EQ(wrapped("one two three", 6, 4), "one\ntwo\nthree");
  EXPECT_EQ(wrapped("世界", 1), "世\n界") << "more than there is room for, but an end";
}

// Of what was cleaned nothing is lost but spaces where a line ends.
TEST(LineWrap, EveryWordIsThereOnceAndInOrder) {
  std::string text;
  std::string words;
  for (int i = 0; i < 300; ++i) {
    const std::string word(static_cast<std::size_t>(i * 7 % 23 + 1),
                           static_cast<char>('a' + i % 26));
    text += word + std::string(static_cast<std::size_t>(i % 4 + 1), ' ');
    words += word;
  }
  for (std::size_t columns = 4; columns < 40; ++columns) {
    const auto all = wrapped(SafeText::text(text, 3).view(), columns, 3);
    std::string left;
    std::size_t column = 0;
    for (const char c : all) {
      column = c == '\n' ? 0 : column + 1;
      ASSERT_LE(column, columns);
      if (c != '\n' && c != ' ') left += c;
    }
    EXPECT_EQ(left, words) << columns;
  }
}

}  // namespace
}  // namespace bisik::client
