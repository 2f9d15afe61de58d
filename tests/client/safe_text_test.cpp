#include "client/safe_text.hpp"

#include <gtest/gtest.h>

#include <random>

#include "client/codepoint.hpp"

namespace bisik::client {
namespace {

// What no terminal must ever see from a peer, looked for without the code under test.
bool is_harmless(std::string_view shown) {
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) return false;
    if (byte == 0xc2 && static_cast<unsigned char>(shown[i + 1]) < 0xa0) return false;  // C1
  }
  for (const auto* hidden :
       {"\u00ad",     "\u061c",     "\u200b",     "\u200c", "\u200d",    "\u200e", "\u200f",
        "\u2028",     "\u2029",     "\u202a",     "\u202b", "\u202c",    "\u202d", "\u202e",
        "\u2060",     "\u2066",     "\u2067",     "\u2068", "\u2069",    "\ufeff", "\ufe0f",
        "\U000E0001", "\U000E0041", "\U000E0100", "\ue000", "\U0010FFFD"}) {
    if (shown.find(hidden) != std::string_view::npos) return false;
  }
  return true;
}

TEST(SafeText, OrdinaryTextStaysAsItIs) {
  for (const auto* text : {"hello", "Grüße, 世界", "שלום", "a\u0301\u0323", "🎉 done", "½ €"}) {
    EXPECT_EQ(SafeText::line(text).view(), text);
  }
}

TEST(SafeText, EscapeSequencesLoseTheirEscape) {
  EXPECT_EQ(SafeText::line("\x1b[2J\x1b]0;title\x07").view(), "\uFFFD[2J\uFFFD]0;title\uFFFD");
  EXPECT_EQ(SafeText::line("\u009b31m\x7f\b\r").view(), "\uFFFD31m\uFFFD\uFFFD\uFFFD");
}

TEST(SafeText, BidiControlsAndInvisibleCharactersVanish) {
  EXPECT_EQ(SafeText::line("abc\u202efdp.exe\u2066\u200b\ufeff\U000E0041").view(), "abcfdp.exe");
}

TEST(SafeText, MalformedUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(SafeText::line("\xc0\xaf").view(), "\uFFFD\uFFFD");              // overlong '/'
  EXPECT_EQ(SafeText::line("\xed\xa0\x80").view(), "\uFFFD\uFFFD\uFFFD");    // surrogate
  EXPECT_EQ(SafeText::line("a\xf0\x9f\x8e").view(), "a\uFFFD\uFFFD\uFFFD");  // cut short
  EXPECT_EQ(SafeText::line("\xf4\x90\x80\x80").columns(), 4U);               // above U+10FFFF
}

TEST(SafeText, MarksBeyondTheLimitAreDropped) {
  std::string zalgo{"h"};
  for (int i = 0; i < 1000; ++i) zalgo += "\u0336";
  EXPECT_EQ(SafeText::line(zalgo + "i").view(), "h\u0336\u0336\u0336\u0336i");
}

TEST(SafeText, AMarkInFrontCannotJoinWhatWePrintedBefore) {
  EXPECT_EQ(SafeText::line("\u0336a").view(), "a");
  EXPECT_EQ(SafeText::text("a\n\u0336b", 2).view(), "a\n  b");
  EXPECT_EQ(SafeText::line("a \u20dd").view(), "a ");
}

TEST(SafeText, ALineStaysOneLine) {
  EXPECT_EQ(SafeText::line("a\nb\u2028c\r\nd").view(), "a\u23CEb\u23CEc\u23CEd");
}

TEST(SafeText, ContinuationLinesAreIndentedAndEmptyOnesAtTheEndDropped) {
  EXPECT_EQ(SafeText::text("a\n12:00 Bob: b\r\n\n  \n", 4).view(), "a\n    12:00 Bob: b");
  EXPECT_EQ(SafeText::text("\n\n", 4).view(), "");
}

TEST(SafeText, TabsHaveAFixedWidth) { EXPECT_EQ(SafeText::line("\tx").view(), "    x"); }

TEST(SafeText, WidthCountsColumnsNotBytes) {
  EXPECT_EQ(SafeText::line("abc").columns(), 3U);
  EXPECT_EQ(SafeText::line("世界").columns(), 4U);
  EXPECT_EQ(SafeText::line("e\u0301").columns(), 1U);
}

TEST(SafeText, CuttingKeepsWholeCharactersAndSaysThatItCut) {
  const auto text = SafeText::line("世界e\u0301e\u0301");
  EXPECT_EQ(text.cut(6).view(), text.view());
  EXPECT_EQ(text.cut(5).view(), "世界\u2026");
  EXPECT_EQ(text.cut(4).view(), "世\u2026");
  EXPECT_EQ(text.cut(1).view(), "\u2026");
  EXPECT_EQ(text.cut(0).view(), "");
}

TEST(SafeText, PaddingCountsColumns) {
  EXPECT_EQ(SafeText::line("世").padded(4).view(), "世  ");
  EXPECT_EQ(SafeText::line("abcd").padded(2).view(), "abcd");
}

TEST(SafeText, RandomBytesAreHarmlessAndCleaningTwiceChangesNothing) {
  std::mt19937 random{7};
  std::uniform_int_distribution<int> byte{0, 255};
  for (int round = 0; round < 5'000; ++round) {
    std::string bytes(64, '\0');
    for (auto& c : bytes) c = static_cast<char>(byte(random));
    const auto shown = SafeText::line(bytes);
    ASSERT_TRUE(is_harmless(shown.view()));
    ASSERT_EQ(SafeText::line(shown.view()), shown);
  }
}

TEST(SafeText, EveryCodePointIsHarmlessAlone) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    std::string text{"a"};
    append_utf8(text, c);
    ASSERT_TRUE(is_harmless(SafeText::text(text, 0).view())) << std::hex << std::uint32_t{c};
  }
}

}  // namespace
}  // namespace bisik::client
