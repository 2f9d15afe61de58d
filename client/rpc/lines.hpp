// Bytes of a stream, cut into lines. A line that is too long is dropped as it arrives, and only
// that it was there is kept: memory is bounded by the limit whatever comes.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace bisik::client::rpc {

class Lines {
 public:
  explicit Lines(std::size_t max_bytes) : max_bytes_{max_bytes} {}

  // Also what stands behind the last end of a line, once more of it comes.
  void add(std::string_view bytes);
  // The stream is at its end: what is left is a line.
  void finish();

  struct Line {
    std::string text;       // without its end
    bool too_long = false;  // then without its text
  };
  // Blank ones are left out.
  [[nodiscard]] std::optional<Line> next();
  [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }

 private:
  void end_line();

  std::size_t max_bytes_;
  std::string begun_;
  bool too_long_ = false;
  std::deque<Line> lines_;
};

}  // namespace bisik::client::rpc
