// Reading C++ as text, far enough for the rules: what is code, and on which line.
//
// No parser: comments and literals are blanked, so that what is left can be searched for words and
// brackets. Nothing here fails; text that is no C++ gives an unspecified but harmless result.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bisik::layering {

// The same text with every comment and the inside of every literal replaced by blanks: positions
// and line breaks stay where they were.
std::string code_only(std::string_view source);

// Without their line breaks. A last line break does not begin another line.
std::vector<std::string_view> lines_of(std::string_view text);

// Of the character at `position`, counted from 1.
std::size_t line_at(std::string_view text, std::size_t position);

// Where `word` stands by itself, not as a part of a longer identifier.
std::vector<std::size_t> find_word(std::string_view text, std::string_view word);

bool is_identifier(char c);

}  // namespace bisik::layering
