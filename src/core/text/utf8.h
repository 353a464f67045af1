// Reading UTF-8 text, and making it safe for a terminal.
#pragma once

#include <cstddef>
#include <string>

namespace latent {

/// Reads one code point at `at`, which is advanced. Malformed bytes give U+FFFD, control characters
/// a space.
char32_t next_code_point(const std::string& text, size_t& at);

/// Returns the number of code points: the columns that text takes in a terminal, but for wide and
/// combining characters.
size_t display_width(const std::string& text);

/// Replaces control characters, which a terminal would obey, by '?'; for text that quotes files.
/// Tabs stay. Line breaks become spaces if `one_line` is set, else they stay.
std::string without_controls(std::string text, bool one_line);

/// Escapes the control characters that JSON may still contain, as in "\u009b".
std::string with_controls_escaped(const std::string& json);

}  // namespace latent
