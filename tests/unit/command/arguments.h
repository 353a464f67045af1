// Command lines for the unit tests of the flags.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "command/flags/arguments.h"

namespace latent {

/// Parses `words` with the flags that `declare` adds.
inline Arguments command_line(const std::function<void(cxxopts::Options&)>& declare,
                              std::vector<std::string> words) {
  cxxopts::Options options("latent test");
  declare(options);
  words.insert(words.begin(), "latent test");
  std::vector<const char*> argv;
  for (const auto& word : words)
    argv.push_back(word.c_str());
  return Arguments(options.parse(static_cast<int>(argv.size()), argv.data()));
}

}  // namespace latent
