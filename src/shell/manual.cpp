#include "shell/manual.h"

#include <algorithm>
#include <cctype>

#include "core/version.h"
#include "shell/help.h"

namespace latent::shell {
namespace {

// Text that man shows as it is: its own backslashes, dashes and leading points are escaped.
std::string roff(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (safe.empty() || safe.back() == '\n')) safe += "\\&";
      safe += c;
    }
  }
  return safe;
}

std::string heading(const std::string& page) {
  std::string title = page;
  std::transform(title.begin(), title.end(), title.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return ".TH " + roff(title) + " 1 \"\" \"latent " + version() + "\" \"latent\"\n";
}

std::string flag_entry(const FlagText& flag) {
  std::string name;
  if (flag.positional) {
    name = "\\fI" + roff(flag.value) + "\\fR";
  } else {
    if (!flag.letter.empty()) name = "\\fB\\-" + flag.letter + "\\fR, ";
    name += "\\fB\\-\\-" + roff(flag.name) + "\\fR";
    if (!flag.value.empty()) name += " \\fI" + roff(flag.value) + "\\fR";
  }
  std::string meaning = flag.meaning;
  if (!flag.default_value.empty()) meaning += " (default: " + flag.default_value + ")";
  std::string text = ".TP\n" + name + "\n";
  for (size_t at = 0; at <= meaning.size();) {
    const size_t end = std::min(meaning.find('\n', at), meaning.size());
    if (at > 0) text += ".br\n";
    text += roff(meaning.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return text;
}

}  // namespace

std::string manual_page(const CommandText& command) {
  std::string text = heading("latent-" + command.name) + ".SH NAME\nlatent\\-" +
                     roff(command.name) + " \\- " + roff(command.summary) + "\n.SH SYNOPSIS\n" +
                     roff(command.usage) + "\n.SH OPTIONS\n";
  for (const auto& group : flag_groups()) {
    const auto flags = flags_of_group(command, group.name);
    if (flags.empty()) continue;
    text += ".SS " + group.title + "\n";
    for (const auto& flag : flags)
      text += flag_entry(flag);
  }
  if (!command.example.empty()) text += ".SH EXAMPLE\n.nf\n" + roff(command.example) + "\n.fi\n";
  return text + ".SH EXIT STATUS\n" + roff(kExitCodes) + "\n.SH SEE ALSO\n.BR latent (1)\n";
}

std::string overview_page(const std::vector<CommandText>& commands) {
  std::string text = heading("latent") +
                     ".SH NAME\nlatent \\- train autoencoders on images and explore their latent "
                     "spaces\n.SH SYNOPSIS\nlatent COMMAND [options]\n.br\nlatent help COMMAND\n"
                     ".SH COMMANDS\n";
  for (const auto& command : commands)
    text += ".TP\n.BR latent\\-" + roff(command.name) + " (1)\n" + roff(command.summary) + "\n";
  return text +
         ".SH ENVIRONMENT\n.TP\n.B LATENT_DATA\nfolder with data sets\n.TP\n.B "
         "LATENT_CACHE\nfolder "
         "for decoded images (default: ~/.cache/latent)\n.TP\n.B NO_COLOR, TERM, COLUMNS\nas other "
         "programs read them\n.SH EXIT STATUS\n" +
         roff(kExitCodes) + "\n";
}

}  // namespace latent::shell
