#include "shell/command_text.h"

#include <algorithm>
#include <array>
#include <set>

#include "shell/examples.h"

namespace latent::shell {
namespace {

// The words that stand behind a command without a flag before them.
constexpr std::array kPositional{"config", "files", "runs", "action", "kind", "shell", "folder"};

// What the command says about its words: "CONFIG.json", "[FILES]", or "".
std::string words_of_usage(const cxxopts::Options& options) {
  const std::string help = options.help();
  const std::string before = "[OPTION...]";
  const size_t at = help.find(before);
  if (at == std::string::npos) return "";
  const size_t begin = at + before.size();
  const std::string words = help.substr(begin, help.find('\n', begin) - begin);
  const size_t first = words.find_first_not_of(' ');
  return first == std::string::npos ? "" : words.substr(first);
}

bool is_positional(const std::string& name, const std::string& words) {
  return !words.empty() &&
         std::find(kPositional.begin(), kPositional.end(), name) != kPositional.end();
}

FlagText flag_text(const cxxopts::HelpOptionDetails& flag, const std::string& group,
                   const std::string& words) {
  FlagText text;
  text.name = flag.l.front();
  text.aliases = {flag.l.begin() + 1, flag.l.end()};
  text.letter = flag.s;
  text.meaning = flag.desc;
  text.group = group;
  text.repeatable = flag.is_container;
  if (!flag.is_boolean) {
    text.value = flag.arg_help.empty() ? "VALUE" : flag.arg_help;
    if (flag.has_default) text.default_value = flag.default_value;
  }
  text.positional = is_positional(text.name, words);
  return text;
}

// "latent sample RUN [FILES] [options]"
std::string usage_of(const std::string& name, const std::vector<FlagText>& flags,
                     const std::string& words) {
  const auto takes = [&](const std::string& flag) {
    return std::any_of(flags.begin(), flags.end(),
                       [&](const FlagText& each) { return each.name == flag; });
  };
  const bool run = takes("run") && !takes("resume");
  const bool kind_first = takes("kind");  // latent plot losses RUN
  std::string usage = "latent " + name;
  if (kind_first) usage += " [KIND]";
  if (run) usage += " RUN";
  if (!kind_first && !words.empty()) usage += " " + words;
  return usage + " [options]";
}

}  // namespace

const std::vector<FlagGroup>& flag_groups() {
  static const std::vector<FlagGroup> groups{{"input", "input"},
                                             {"", "options"},
                                             {"look", "look"},
                                             {"output", "output"},
                                             {"machine", "machine"}};
  return groups;
}

CommandText text_of(const CommandRow& row) {
  const cxxopts::Options options = declare_command(row);
  const std::string words = words_of_usage(options);
  CommandText command{.name = row.name,
                      .summary = row.summary,
                      .usage = "",
                      .example = example_of(row.name),
                      .flags = {}};
  for (const auto& group : options.groups()) {
    for (const auto& flag : options.group_help(group).options)
      command.flags.push_back(flag_text(flag, group, words));
  }
  command.usage = usage_of(row.name, command.flags, words);
  return command;
}

std::vector<FlagText> flags_of_group(const CommandText& command, const std::string& group) {
  std::vector<FlagText> flags;
  std::copy_if(command.flags.begin(), command.flags.end(), std::back_inserter(flags),
               [&](const FlagText& flag) { return flag.group == group; });
  return flags;
}

std::vector<std::string> listed_values(const FlagText& flag) {
  std::vector<std::string> values;
  std::set<std::string> seen;
  for (size_t at = flag.meaning.find('\n'); at != std::string::npos;
       at = flag.meaning.find('\n', at + 1)) {
    const size_t colon = flag.meaning.find(": ", at);
    if (colon == std::string::npos) break;
    std::string name = flag.meaning.substr(at + 1, colon - at - 1);
    std::erase(name, '*');
    const bool word = !name.empty() && name.find_first_of(" \n\t'\"$`") == std::string::npos;
    if (word && seen.insert(name).second) values.push_back(name);
  }
  return values;
}

}  // namespace latent::shell
