// Scripts with which shells complete the command line. A key pressed in a shell never starts the
// program: the scripts hold all commands, flags and keys, and read the names that a run has from
// RUN/cache/names.txt (session/run_names.h).
#pragma once

#include <string>
#include <vector>

#include "shell/command_text.h"

namespace latent::shell {

/// What the scripts are made from.
struct CompletionSource {
  std::vector<CommandText> commands;
  std::vector<std::string> keys;  // of a config
};

/// Returns the source for this program.
CompletionSource completion_source();

std::string bash_completion(const CompletionSource& source);
std::string zsh_completion(const CompletionSource& source);
std::string fish_completion(const CompletionSource& source);

/// Returns a text in single quotes for these shells; line breaks become spaces.
std::string quoted_word(const std::string& text);

/// Returns the first sentence of a flag's meaning, at most 60 characters, for a list.
std::string short_meaning(const FlagText& flag);

}  // namespace latent::shell
