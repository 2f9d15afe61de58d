// What people are called here. A name comes from a link, from a stranger's first message or from
// the person; it is shown in front of every message and typed on a command line, so it must not be
// able to look like anything else.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bisik::client {

// A name has to leave room for the message on a line of 80 columns, and 64 bytes hold 16 of the
// widest characters.
inline constexpr std::size_t kMaxNameBytes = 64;

// One line of visible characters in NFC: spaces single, none at the ends; no '/' (it ends the name
// in a message's id), no '-' in front (a command line would take it for an option). Cut between
// characters at kMaxNameBytes. Empty if nothing is left.
[[nodiscard]] std::string clean_name(std::string_view name);

// Two names with the same fold are the same name: NFKC with case folded.
[[nodiscard]] std::string fold_name(std::string_view name);

}  // namespace bisik::client
