// Every bound of client/ outside the engine, with its reason.
#pragma once

#include <cstddef>

namespace bisik::client {

// Marks kept on one character. Vietnamese, Hebrew and Thai need two, IPA up to three; more only
// paint over the lines above and below.
inline constexpr int kMaxMarks = 4;

// Columns of a tab in a message: it must not depend on where the line begins.
inline constexpr std::size_t kTabColumns = 4;

}  // namespace bisik::client
