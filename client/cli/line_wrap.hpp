// Breaks lines where a terminal would, but at spaces: a word goes to the next line as a whole, and
// only one that is longer than a line is broken, between what people count as characters. Text in,
// the same text with ends of lines in it out; no terminal, and no text of others that was not
// cleaned (safe_text.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bisik::client {

class LineWrap {
 public:
  // Lines of at most so many columns.
  explicit LineWrap(std::size_t columns) : columns_{columns} {}

  // From here on every line that is begun here starts with so many spaces, so that none can pretend
  // to be a line of ours. Of a terminal that is too narrow for that, none does.
  void hang(std::size_t indent);

  // What may be written by now: the last word waits for its end.
  [[nodiscard]] std::string take(std::string_view text);
  // A sequence for the terminal, which has no columns and stays where it is in the text.
  void take_control(std::string_view sequence) { word_ += sequence; }
  // What was held back.
  [[nodiscard]] std::string finish();

 private:
  void take_code_point(char32_t c, std::string_view bytes);
  void end_line();
  void place_word();
  void make_room();
  [[nodiscard]] bool cut_word();

  // A character of the word, as people count them: where it begins.
  struct Start {
    std::size_t byte;
    std::size_t column;
  };

  std::size_t columns_;
  std::size_t indent_ = 0;
  std::size_t column_ = 0;  // of what is in out_, after the last end of a line
  std::size_t spaces_ = 0;  // behind it, which are left out where the line ends
  std::string word_;
  std::size_t word_columns_ = 0;
  std::vector<Start> starts_;
  std::int32_t grapheme_ = 0;  // state between two code points
  char32_t before_ = 0;
  std::string out_;
};

}  // namespace bisik::client
