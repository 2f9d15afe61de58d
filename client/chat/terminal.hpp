// The keyboard without the kernel's line editing, with pastes marked as such. As it was before when
// this goes, also when an exception ends the chat.
#pragma once

#include <termios.h>

namespace bisik::client {

class RawTerminal {
 public:
  RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal();

 private:
  termios before_{};
};

}  // namespace bisik::client
