#include "client/cli/output.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "client/signals.hpp"

namespace bisik::client {
namespace {

constexpr std::size_t kFlushBytes = 64 * 1024;  // a long history does not wait for its end
constexpr std::size_t kUsualColumns = 80;

bool wants_colour() {
  const char* no_color = std::getenv("NO_COLOR");  // https://no-color.org: set and not empty
  const char* term = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') && term != nullptr &&
         std::strcmp(term, "dumb") != 0;
}

std::string_view begin_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::good:
      return "\x1b[32m";
    case Style::warning:
      return "\x1b[33m";
    case Style::bad:
      return "\x1b[31m";
    case Style::black_on_white:
      return "\x1b[38;5;16;48;5;231m";
  }
  return "";
}

}  // namespace

OutputClosed::OutputClosed(int error)
    : std::runtime_error{std::string{"The output cannot be written: "} + std::strerror(error) +
                         "."},
      pipe_closed_{error == EPIPE} {}

Output::Output(int fd)
    : fd_{fd}, is_terminal_{isatty(fd) != 0}, coloured_{is_terminal_ && wants_colour()} {}

Output& Output::append(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() >= kFlushBytes) flush();
  return *this;
}

Output& Output::styled(Style style, const SafeText& text) {
  if (!coloured_ || style == Style::plain) return *this << text;
  return append_control(begin_of(style)).append_text(text.view()).append_control("\x1b[0m");
}

Output& Output::append_text(std::string_view text) {
  if (!wrap_) return append(text);
  return append(wrap_->take(text));
}

Output& Output::append_control(std::string_view sequence) {
  if (!wrap_) return append(sequence);
  wrap_->take_control(sequence);
  return *this;
}

void Output::end_wrapping() {
  if (!wrap_) return;
  append(wrap_->finish());
  wrap_.reset();
}

Output& Output::up(std::size_t rows) { return append("\x1b[" + std::to_string(rows) + "A"); }

Output& Output::left(std::size_t columns) {
  return append("\x1b[" + std::to_string(columns) + "D");
}

Output& Output::json(const nlohmann::ordered_json& object) {
  constexpr bool kAsciiOnly = true;
  return append(object.dump(-1, ' ', kAsciiOnly, nlohmann::json::error_handler_t::replace) + '\n');
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const auto written = write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EINTR) {
      Signals::throw_if_interrupted();
    } else if (errno == EAGAIN) {  // somebody else made this descriptor non-blocking
      pollfd writable{fd_, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else {
      const auto error = errno;
      buffer_.clear();
      throw OutputClosed{error};
    }
  }
  buffer_.clear();
}

std::size_t Output::columns() const {
  winsize size{};
  if (ioctl(fd_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualColumns;
  return size.ws_col;
}

}  // namespace bisik::client
