#include "client/chat/line_editor.hpp"

#include <gtest/gtest.h>

namespace bisik::client {
namespace {

using Key = LineEditor::Key;

class LineEditorTest : public testing::Test {
 protected:
  // The last key that was more than an edit.
  Key type(std::string_view bytes) {
    auto last = Key::none;
    for (const auto byte : bytes) {
      const auto key = editor.press(static_cast<unsigned char>(byte));
      if (key != Key::none) last = key;
    }
    return last;
  }
  // The line with the cursor as '|'.
  [[nodiscard]] std::string line() const {
    return editor.before_cursor() + "|" + editor.after_cursor();
  }

  LineEditor editor;
};

TEST_F(LineEditorTest, TypedTextIsTakenByEnter) {
  EXPECT_EQ(type("Grüße 世界\r"), Key::enter);
  EXPECT_EQ(editor.take(), "Grüße 世界");
  EXPECT_TRUE(editor.empty());
}

TEST_F(LineEditorTest, APasteNeverSends) {
  EXPECT_EQ(type("\x1b[200~rm -rf\r\n\x03\x04tail\x1b[201~"), Key::none);
  EXPECT_EQ(line(), "rm -rf\n\ntail|");
  EXPECT_EQ(type("\r"), Key::enter);
}

TEST_F(LineEditorTest, APasteContainsNoCommands) {
  EXPECT_EQ(type("\x1b[200~a\x1b[Ab\x7f\x15\x1b[201~"), Key::none);
  EXPECT_EQ(line(), "ab|");
}

TEST_F(LineEditorTest, KeysMoveAndErase) {
  type("one two three");
  type("\x01");
  EXPECT_EQ(line(), "|one two three");
  type("\x1b[C\x06");
  EXPECT_EQ(line(), "on|e two three");
  type("\x05\x17");
  EXPECT_EQ(line(), "one two |");
  type("\x1b[D\x7f");
  EXPECT_EQ(line(), "one tw| ");
  type("\x1b[H\x1b[3~");
  EXPECT_EQ(line(), "|ne tw ");
  type(
      "\x1b"
      "f\x0b");
  EXPECT_EQ(line(), "ne|");
  type("\x15");
  EXPECT_EQ(line(), "|");
}

TEST_F(LineEditorTest, ErasingTakesWholeCharacters) {
  type("a世");
  type("\x7f");
  EXPECT_EQ(line(), "a|");
}

TEST_F(LineEditorTest, EndOfInputIsOnlyOnAnEmptyLine) {
  EXPECT_EQ(type("\x04"), Key::end);
  type("ab\x01");
  EXPECT_EQ(type("\x04"), Key::none);
  EXPECT_EQ(line(), "|b");
  EXPECT_EQ(type("\x03"), Key::interrupt);
}

TEST_F(LineEditorTest, TheUpArrowBringsBackWhatWasSent) {
  type("first\r");
  (void)editor.take();
  type("second\r");
  (void)editor.take();
  type("\x1b[A\x1b[A\x1b[A");
  EXPECT_EQ(line(), "first|");
  type("\x1b[B");
  EXPECT_EQ(line(), "second|");
  type("\x1bOB");
  EXPECT_EQ(line(), "|");
}

TEST_F(LineEditorTest, MalformedUtf8AndUnknownSequencesLeaveNothing) {
  type(
      "\xc3"
      "a\xff\xe4\xb8"
      "b\x80\x1b[38;5;1m\x1b[?1;2c");
  EXPECT_EQ(line(), "ab|");
  type("\x1b[" + std::string(1'000, '1') + "A");
  EXPECT_EQ(line(), "ab|");
}

}  // namespace
}  // namespace bisik::client
