// Where a command writes: data on standard output, words for the person on standard error.
//
// Takes SafeText and literals only, so that nothing of a peer's can reach a terminal as it came.
// Buffered; flush() throws OutputClosed when the bytes cannot be written (a closed pipe, a full
// disk): only after it returned may anything be counted as shown.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "client/cli/line_wrap.hpp"
#include "client/safe_text.hpp"

namespace bisik::client {

class OutputClosed : public std::runtime_error {
 public:
  explicit OutputClosed(int error);
  // The reader went away, as `| head` does: nothing to tell anybody.
  [[nodiscard]] bool pipe_closed() const noexcept { return pipe_closed_; }

 private:
  bool pipe_closed_;
};

enum class Style { plain, bold, dim, good, warning, bad, black_on_white };

class Output {
 public:
  explicit Output(int fd);

  Output& operator<<(const SafeText& text) { return append_text(text.view()); }
  Output& operator<<(Literal text) { return append_text(text.text()); }
  Output& styled(Style style, const SafeText& text);
  Output& styled(Style style, Literal text) { return styled(style, SafeText{text}); }
  // One object, one line, in ASCII: everything else is escaped.
  Output& json(const nlohmann::ordered_json& object);

  // From here to end_wrapping() lines of at most so many columns, broken at spaces.
  void begin_wrapping(std::size_t columns) { wrap_.emplace(columns); }
  void end_wrapping();
  // What of this line has to go to further ones begins with so many spaces there.
  void hang(std::size_t indent) {
    if (wrap_) wrap_->hang(indent);
  }

  // For what is drawn again in place: the cursor up or left by so many; nothing left below it.
  Output& up(std::size_t rows);
  Output& left(std::size_t columns);
  Output& erase_below() { return append("\x1b[J"); }

  void flush();

  [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }
  [[nodiscard]] bool coloured() const noexcept { return coloured_; }
  // Columns of the terminal now; 80 where there is none.
  [[nodiscard]] std::size_t columns() const;

 private:
  Output& append(std::string_view bytes);
  Output& append_text(std::string_view text);
  Output& append_control(std::string_view sequence);

  int fd_;
  bool is_terminal_;
  bool coloured_;
  std::string buffer_;
  std::optional<LineWrap> wrap_;
};

}  // namespace bisik::client
