#include "client/chat/terminal.hpp"

#include <unistd.h>

#include <string_view>

namespace bisik::client {
namespace {

void write_control(std::string_view sequence) {
  [[maybe_unused]] const auto written = write(STDOUT_FILENO, sequence.data(), sequence.size());
}

}  // namespace

RawTerminal::RawTerminal() {
  tcgetattr(STDIN_FILENO, &before_);
  auto raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG | IEXTEN);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL | INLCR);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  write_control("\x1b[?2004h");
}

RawTerminal::~RawTerminal() {
  write_control("\x1b[?2004l");
  tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

}  // namespace bisik::client
