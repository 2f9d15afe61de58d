#include "client/name.hpp"

#include <gtest/gtest.h>

namespace bisik::client {
namespace {

TEST(Name, OrdinaryNamesStayAsTheyAre) {
  for (const auto* name :
       {"Alice", "Bob Bobson", "Ólafur", "李小龍", "אליס", "Müller-Lüdenscheidt"}) {
    EXPECT_EQ(clean_name(name), name);
  }
}

TEST(Name, SpacesAndLineEndsBecomeSingleSpacesAndNoneStandAtTheEnds) {
  EXPECT_EQ(clean_name("  Alice \t\n\u00a0\u2003\u2028 B. \r\n"), "Alice B.");
}

TEST(Name, NothingInvisibleSurvives) {
  EXPECT_EQ(clean_name("Al\u200bi\u202ec\u2066e\ufeff\u00ad\U000E0041"), "Alice");
  EXPECT_EQ(clean_name("\x1b[31mAlice\x07"), "[31mAlice");
  EXPECT_EQ(clean_name("\u3164\u115f\u2800\uffa0 \ue000"), "");
  EXPECT_EQ(clean_name(std::string_view{"A\0b", 3}), "Ab");
}

TEST(Name, CannotLookLikeAMessageIdOrAnOption) {
  EXPECT_EQ(clean_name("Alice/7"), "Alice 7");
  EXPECT_EQ(clean_name("--help"), "help");
}

TEST(Name, MalformedUtf8IsLeftOut) {
  EXPECT_EQ(clean_name("A\xc0\xaf"
                       "b\xed\xa0\x80"
                       "c\xff"),
            "Abc");
}

TEST(Name, ComposesSoThatEqualLooksAreEqualBytes) {
  EXPECT_EQ(clean_name("Zoe\u0308"), "Zo\u00eb");
}

TEST(Name, MarksWithoutACharacterAndBeyondTheLimitAreDropped) {
  std::string zalgo{"\u0301q"};
  for (int i = 0; i < 40; ++i) zalgo += "\u0336";
  EXPECT_EQ(clean_name(zalgo), "q\u0336\u0336\u0336\u0336");
}

TEST(Name, AMarkThatIsTwoCountsTwice) {
  const auto name = clean_name("?\u0304\u0336\u0344\u0336");  // the third is 0308 and 0301
  EXPECT_EQ(name, "?\u0336\u0336\u0304\u0308");
  EXPECT_EQ(clean_name(name), name);
}

TEST(Name, IsCutBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 40; ++i) name += "\u00e9";
  const auto cut = clean_name("a" + name);
  EXPECT_EQ(cut.size(), 63U);
  EXPECT_EQ(clean_name(cut), cut);
}

TEST(Name, FoldIgnoresCaseAndCompatibilityForms) {
  EXPECT_EQ(fold_name("ALICE"), fold_name("alice"));
  EXPECT_EQ(fold_name("STRASSE"), fold_name("straße"));
  EXPECT_EQ(fold_name("Ａlice"), fold_name("alice"));
  EXPECT_NE(fold_name("Alice"), fold_name("Alicе"));  // the last letter is Cyrillic
}

}  // namespace
}  // namespace bisik::client
