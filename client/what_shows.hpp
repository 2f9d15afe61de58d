// Whether something that is said shows: a text with nothing in it to see, and what stands for a
// reaction.
#pragma once

#include <string_view>

namespace bisik::client {

// Nothing but spaces, ends of lines and characters that show nothing.
[[nodiscard]] bool is_blank(std::string_view text);

// One character as people count them (a grapheme cluster), to be seen, and no letter or digit of
// ASCII: those are words. In valid UTF-8.
[[nodiscard]] bool is_one_emoji(std::string_view text);

}  // namespace bisik::client
