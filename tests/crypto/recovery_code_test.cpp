#include "crypto/recovery_code.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <optional>
#include <string>

#include "tests/crypto/people.hpp"

namespace bisik::crypto {
namespace {

constexpr std::string_view kConsonants = "bdfghjklmnprstvz", kVowels = "aiou";

Result<RecoveryCode> typed(std::string_view text) {
  SecretBuffer buffer;
  buffer.append(as_bytes(text));
  return RecoveryCode::parse(buffer);
}

std::string words_of(const RecoveryCode& code) { return std::string{code.words().text()}; }

std::string replaced(std::string text, char from, std::string_view to) {
  std::string out;
  for (const char c : text) c == from ? out.append(to) : out.append(1, c);
  return out;
}

TEST(RecoveryCode, IsTheSameAfterBeingWrittenDownAndTyped) {
  for (int i = 0; i < 100; ++i) {
    const auto code = RecoveryCode::random();
    const auto again = typed(code.words().text());
    ASSERT_TRUE(again);
    EXPECT_TRUE(equal(*again, code));
  }
}

TEST(RecoveryCode, IsNineWordsOfFiveLetters) {
  const auto text = words_of(RecoveryCode::random());
  ASSERT_EQ(text.size(), 53U);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_vowel = at % 6 == 1 || at % 6 == 3;
    const std::string_view letters = at % 6 == 5 ? "-" : is_vowel ? kVowels : kConsonants;
    EXPECT_NE(letters.find(text[at]), std::string_view::npos) << text;
  }
}

// The ninth word is ours and not the proposal's: there is exactly one.
std::optional<RecoveryCode> with_any_ninth_word(const std::string& eight) {
  for (std::uint32_t bits = 0; bits < 65'536; ++bits) {
    const std::string ninth{kConsonants[bits >> 12U], kVowels[(bits >> 10U) & 3U],
                            kConsonants[(bits >> 6U) & 15U], kVowels[(bits >> 4U) & 3U],
                            kConsonants[bits & 15U]};
    if (auto code = typed(eight + "-" + ninth)) return std::move(*code);
  }
  return std::nullopt;
}

// The examples of arXiv:0901.4016 for IPv4 addresses.
TEST(RecoveryCode, SpellsAsTheProposalDoes) {
  const auto code = with_any_ninth_word("lusab-babad-gutih-tugad-gutuk-bisog-mudof-sakat");
  SecretBuffer addresses;
  addresses.append(
      ByteArray<16>{127, 0, 0, 1, 63, 84, 220, 193, 63, 118, 7, 35, 140, 98, 193, 141});
  ASSERT_TRUE(code);
  EXPECT_TRUE(equal(code->password(), addresses));
}

TEST(RecoveryCode, IsReadInAnyCaseAndWithBlanks) {
  const auto code = RecoveryCode::random();
  const auto text = words_of(code);
  auto upper = text;
  for (auto& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const auto& form : {upper, replaced(text, '-', " "), replaced(text, '-', " - "),
                           replaced(text, '-', "\r\n"), "  " + text + "\n", "\t-" + text + "-"}) {
    const auto again = typed(form);
    ASSERT_TRUE(again) << form;
    EXPECT_TRUE(equal(*again, code));
  }
}

TEST(RecoveryCode, WithALetterMistypedIsRefused) {
  const auto text = words_of(RecoveryCode::random());
  int accepted = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (char c = 'a'; c <= 'z'; ++c) {
      auto slip = text;
      slip[at] = c;
      if (c != text[at] && typed(slip)) ++accepted;
    }
  }
  // 610 slips are words; each passes a checksum of 16 bits by a chance of 1 in 65,536.
  EXPECT_LE(accepted, 1);
}

TEST(RecoveryCode, WithWordsMissingOrTooManyIsRefused) {
  const auto text = words_of(RecoveryCode::random());
  EXPECT_EQ(typed("").error(), Errc::malformed);
  EXPECT_EQ(typed(text.substr(0, 47)).error(), Errc::malformed);
  EXPECT_EQ(typed(text + "-babab").error(), Errc::malformed);
  EXPECT_EQ(typed(text + "b").error(), Errc::malformed);
  EXPECT_EQ(typed(text.substr(0, 52)).error(), Errc::malformed);
  EXPECT_EQ(typed(replaced(text, '-', "")).error(), Errc::malformed);
}

TEST(RecoveryCode, WithOtherCharactersIsRefused) {
  const auto text = words_of(RecoveryCode::random());
  for (const auto* end : {".", "\xc3\xa4", "1", "_", "\x7f"}) {
    EXPECT_EQ(typed(text + end).error(), Errc::malformed);
  }
  EXPECT_EQ(typed(text + std::string(1, '\0')).error(), Errc::malformed);
}

}  // namespace
}  // namespace bisik::crypto
