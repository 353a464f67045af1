#include "shell/completion.h"

#include "shell/flag_values.h"

namespace latent::shell {

CompletionSource completion_source() {
  CompletionSource source;
  for (const auto& row : commands().rows())
    source.commands.push_back(text_of(row));
  source.keys = config_keys();
  return source;
}

std::string quoted_word(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c == '\n' ? ' ' : c;
  }
  return quoted + "'";
}

std::string short_meaning(const FlagText& flag) {
  constexpr size_t kLongest = 60;
  std::string text = flag.meaning.substr(0, flag.meaning.find_first_of("\n;("));
  if (text.size() > kLongest) {
    const size_t space = text.rfind(' ', kLongest - 3);
    text = text.substr(0, space == std::string::npos ? kLongest - 3 : space) + "...";
  }
  while (text.ends_with(' ') || text.ends_with(':') || text.ends_with(','))
    text.pop_back();
  return text;
}

}  // namespace latent::shell
