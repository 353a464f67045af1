#include "shell/help.h"

#include <algorithm>

#include "core/text/utf8.h"
#include "core/text/wrap.h"

namespace latent::shell {
namespace {

constexpr size_t kUsualColumns = 80, kWidestText = 100;
constexpr size_t kWidestFlag = 24;     // of a flag that has its meaning beside it
constexpr size_t kNarrowestText = 34;  // columns for meanings, else they stand below the flags

size_t usable(size_t columns) {
  return columns == 0 ? kUsualColumns : std::min(columns, kWidestText);
}

// "-n, --count N"
std::string flag_name(const FlagText& flag) {
  if (flag.positional) return "  " + flag.value;
  std::string name = flag.letter.empty() ? "      " : "  -" + flag.letter + ", ";
  name += "--" + flag.name;
  return flag.value.empty() ? name : name + " " + flag.value;
}

std::string meaning_of(const FlagText& flag) {
  std::string text = flag.meaning;
  if (!flag.default_value.empty()) text += " (default: " + flag.default_value + ")";
  return text;
}

// Values that the meaning lists stand below it, each with its summary in a hanging indent.
std::string laid_out(const std::string& meaning, size_t columns, size_t indent) {
  std::string text;
  for (size_t at = 0; at <= meaning.size();) {
    const size_t end = std::min(meaning.find('\n', at), meaning.size());
    const std::string line = meaning.substr(at, end - at);
    if (at == 0) {
      text += wrapped(line, columns, indent, indent);
    } else {
      text.append("\n").append(indent + 2, ' ');
      text += wrapped(line, columns, indent + 4, indent + 2);
    }
    at = end + 1;
  }
  return text;
}

std::string group_text(const std::vector<FlagText>& flags, size_t columns, size_t beside) {
  std::string text;
  const bool below = beside + kNarrowestText > columns;
  for (const auto& flag : flags) {
    const std::string name = flag_name(flag);
    const size_t indent = below ? 10 : beside;
    const bool fits = !below && display_width(name) + 2 <= beside;
    text += name;
    if (!fits) text += '\n';
    text.append(fits ? beside - display_width(name) : indent, ' ');
    text += laid_out(meaning_of(flag), columns, indent) + "\n";
  }
  return text;
}

}  // namespace

std::string help_of(const CommandText& command, size_t columns) {
  const size_t width = usable(columns);
  std::string text = wrapped(command.summary, width, 0) +
                     "\n\nusage:   " + wrapped(command.usage, width, 11, 9) + "\n";
  if (!command.example.empty()) text += "example: " + wrapped(command.example, 0, 11, 9) + "\n";
  size_t beside = 0;
  for (const auto& flag : command.flags) {
    const size_t own = display_width(flag_name(flag)) + 2;
    if (own <= kWidestFlag + 2) beside = std::max(beside, own);
  }
  for (const auto& group : flag_groups()) {
    const auto flags = flags_of_group(command, group.name);
    if (flags.empty()) continue;
    text += "\n" + group.title + ":\n" + group_text(flags, width, beside);
  }
  return text;
}

std::string overview(size_t columns) {
  const size_t width = usable(columns);
  std::string text =
      wrapped("latent trains autoencoders on images and explores their latent spaces.", width, 0) +
      "\n\nusage: " + wrapped("latent COMMAND [options]", width, 7, 7) + "\n       " +
      wrapped("latent help COMMAND", width, 7, 7) + "\n\ncommands:\n";
  size_t longest = 0;
  for (const auto& row : commands().rows())
    longest = std::max(longest, row.name.size());
  const size_t indent = longest + 4;
  for (const auto& row : commands().rows()) {
    text += "  " + row.name + std::string(indent - 2 - row.name.size(), ' ') +
            wrapped(row.summary, width, indent, indent) + "\n";
  }
  for (const std::string& line :
       {std::string("exit codes: ") + kExitCodes,
        std::string("start with: latent train configs/shapes_vae.json")}) {
    text += '\n';
    text += wrapped(line, width, 2, 0);
    text += '\n';
  }
  return text;
}

}  // namespace latent::shell
