// UTF-8 text, one code point at a time.
#pragma once

#include <cstddef>
#include <string>

namespace latent {

/// One code point from `text` at `at`, which moves on. Overlong, cut or wild bytes give U+FFFD,
/// control characters a space.
char32_t next_code_point(const std::string& text, size_t& at);

/// For what quotes files and goes to a terminal, which must not take it for orders: control
/// characters become '?', but for tabs; a line break becomes a space with `one_line`, else it
/// stays.
std::string without_controls(std::string text, bool one_line);

/// The same for JSON, where the control characters that are left are written "\u009b".
std::string with_controls_escaped(const std::string& json);

}  // namespace latent
