// What the processor has spent on this thread: all that counts where others work too.
#pragma once

#include <time.h>

#include <chrono>

namespace bisik {

using Microseconds = std::chrono::duration<double, std::micro>;

// Of this thread: what else the machine does is not counted.
inline Microseconds processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace bisik
