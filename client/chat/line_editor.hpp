// The line that a person is typing, without a terminal: bytes of the keyboard in, text and cursor
// out. Knows the usual emacs keys, arrows, and bracketed paste, in which nothing is a command: a
// pasted end of line is a character of the message and never sends it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bisik::client {

class LineEditor {
 public:
  enum class Key {
    none,       // the line may have changed
    enter,      // take() the line
    end,        // ^D on an empty line
    interrupt,  // ^C
    redraw,     // ^L
  };

  // The next byte of the keyboard.
  [[nodiscard]] Key press(unsigned char byte);

  // The line, which is empty afterwards and can be had back with the up arrow.
  [[nodiscard]] std::string take();
  void clear();

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] std::string before_cursor() const { return utf8(0, cursor_); }
  [[nodiscard]] std::string after_cursor() const { return utf8(cursor_, text_.size()); }

 private:
  enum class State { text, escape, sequence };

  [[nodiscard]] Key press_control(unsigned char byte);
  void press_text(unsigned char byte);
  void finish_sequence(char final_byte);
  void insert(char32_t c);
  void erase(std::size_t from, std::size_t to);
  [[nodiscard]] std::size_t word_start() const;
  [[nodiscard]] std::size_t word_end() const;
  void recall(std::size_t entry);
  [[nodiscard]] std::string utf8(std::size_t from, std::size_t to) const;

  std::u32string text_;
  std::size_t cursor_ = 0;
  State state_ = State::text;
  bool pasting_ = false;
  std::string sequence_;  // of an escape sequence, after "ESC ["
  std::string partial_;   // of a character in UTF-8
  std::vector<std::u32string> sent_;
  std::size_t recalled_ = 0;  // sent_.size(): the new line
};

}  // namespace bisik::client
