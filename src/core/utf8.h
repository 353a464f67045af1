// UTF-8 text, one code point at a time.
#pragma once

#include <cstddef>
#include <string>

namespace latent {

/// One code point from `text` at `at`, which moves on. Overlong, cut or wild bytes give U+FFFD,
/// control characters a space.
char32_t next_code_point(const std::string& text, size_t& at);

}  // namespace latent
