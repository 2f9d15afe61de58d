// Every bound of client/ outside the engine, with its reason.
#pragma once

namespace bisik::client {

// Marks kept on one character. Vietnamese, Hebrew and Thai need two, IPA up to three; more only
// paint over the lines above and below.
inline constexpr int kMaxMarks = 4;

}  // namespace bisik::client
