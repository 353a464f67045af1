// Command lines as text that a shell reads back as the same words.
#pragma once

#include <string>
#include <vector>

namespace latent {

/// Quotes text so that a POSIX shell reads it as one word: "a b" becomes 'a b'.
std::string shell_word(const std::string& text);

/// Returns the words of a command, each quoted as needed, with spaces between them.
std::string shell_command(const std::vector<std::string>& words);

}  // namespace latent
