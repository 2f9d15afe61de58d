// What a chat shows: messages go upwards and stay; the last rows are drawn again and again: how
// far what was sent has come, what waits to be sent, that somebody is typing, and on a terminal the
// line that is being typed.
//
// Each row of that area is cut to the width of the terminal and never wraps, so that the area can
// be erased exactly, whatever stands in it.
#pragma once

#include <string>
#include <vector>

#include "client/chat/line_editor.hpp"
#include "client/cli/output.hpp"

namespace bisik::client {

class ChatView {
 public:
  // `editor`: of a terminal; nullptr: lines only.
  ChatView(Output& out, const LineEditor* editor) : out_{out}, editor_{editor} {}

  // Whatever `print(out)` prints goes above the area, on a terminal with its lines broken at
  // spaces. Flushed when this returns.
  template <class Print>
  void above(Print print) {
    erase();
    if (editor_ != nullptr) out_.begin_wrapping(columns());
    print(out_);
    out_.end_wrapping();
    draw();
    out_.flush();
  }

  // How far what was sent has come; on a terminal only, as all that follows.
  void set_ticks(std::vector<SafeText> lines) { ticks_ = std::move(lines); }
  // What waits, oldest first.
  void set_waiting(std::vector<SafeText> lines) { waiting_ = std::move(lines); }
  // Above the line that is being typed; empty: nothing.
  void set_status(SafeText line) { status_ = std::move(line); }
  void redraw() {
    above([](Output&) {});
  }
  // At the end: the area is gone.
  void close();

 private:
  [[nodiscard]] std::size_t columns() const;
  void erase();
  void draw();
  void draw_input(std::size_t columns);

  Output& out_;
  const LineEditor* editor_;
  std::vector<SafeText> ticks_;
  std::vector<SafeText> waiting_;
  SafeText status_;
  std::size_t rows_above_input_ = 0;  // of what is drawn now
};

}  // namespace bisik::client
