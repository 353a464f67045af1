// Text inside HTML.
#pragma once

#include <string>

namespace latent {

/// Returns text from anywhere so that a browser shows it and obeys none of it, in an element or in
/// a quoted attribute: markup is escaped, malformed UTF-8 and characters that turn the direction of
/// writing become U+FFFD, control characters spaces; line breaks stay.
std::string html_text(const std::string& text);

}  // namespace latent
