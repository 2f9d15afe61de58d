#include "tests/layering/source_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bisik::layering {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CodeOnly, BlanksCommentsAndKeepsLines) {
  EXPECT_EQ(code_only("a // b\nc"), "a     \nc");
  EXPECT_EQ(code_only("a /* b\nb */ c"), "a     \n     c");
  EXPECT_EQ(code_only("// a \\\nstill\nb"), "      \n     \nb");
}

TEST(CodeOnly, BlanksWhatIsInsideQuotes) {
  EXPECT_EQ(code_only(R"(f("a\"b", '"', c))"), R"(f("    ", ' ', c))");
  EXPECT_EQ(code_only("\"// no comment\" a"), "\"             \" a");
}

TEST(CodeOnly, BlanksRawStringsToTheirOwnEnd) {
  EXPECT_EQ(code_only("R\"x(a)\" b)x\" c"), "R\"         \" c");
}

TEST(CodeOnly, DoesNotTakeADigitSeparatorForAQuote) {
  EXPECT_EQ(code_only("1'000 + 2'000"), "1'000 + 2'000");
  EXPECT_EQ(code_only("u8'x' y"), "u8' ' y");
}

TEST(CodeOnly, SurvivesWhatNeverEnds) {
  EXPECT_EQ(code_only("\"a"), "\" ");
  EXPECT_EQ(code_only("\"a\\"), "\"  ");
  EXPECT_EQ(code_only("/* a"), "    ");
  EXPECT_EQ(code_only("R\"x(a"), "R\"   ");
}

TEST(FindWord, FindsWholeWordsOnly) {
  EXPECT_THAT(find_word("expose exposed re_expose x.expose()", "expose"), ElementsAre(0U, 27U));
}

TEST(Lines, AreCountedFromOne) {
  EXPECT_THAT(lines_of("a\n\nb\n"), ElementsAre("a", "", "b"));
  EXPECT_THAT(lines_of(""), IsEmpty());
  EXPECT_EQ(line_at("a\nb\nc", 4), 3U);
}

}  // namespace
}  // namespace bisik::layering
