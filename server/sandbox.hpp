// What the relay gives up once everything it needs is open, so that whoever finds a hole in it gets
// the relay and nothing else: no file outside its data directory (Landlock), no program, no
// connection to anywhere, no look at other processes (a filter of system calls, seccomp).
//
// Both hold for the whole process and for good. No decision here depends on what a client sends.
#pragma once

#include <string>

#include "server/data_directory.hpp"

namespace bisik::server {

enum class Held {
  fully,
  partly,  // by an older kernel: what that one can do
  not_at_all,
};

// A sanitizer or valgrind needs what the sandbox takes away: such a process has none.
[[nodiscard]] bool sandbox_possible();

// Before the first thread is started: threads that there are already would stay free. The files of
// the directory stay within reach, open ones stay open, and nothing connects to a TCP port.
[[nodiscard]] Held confine_files(const DataDirectory& directory);

// Everything that is still to be opened then is in the data directory; sockets listen already. For
// every thread. False: the kernel has no such filter.
[[nodiscard]] bool confine_calls();

}  // namespace bisik::server
