#include "command/flags/parse.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/text/suggest.h"

namespace latent {
namespace {

using Details = cxxopts::HelpOptionDetails;

// All flags by their long names, of which an alias is not the first.
std::map<std::string, Details> flags_of(const cxxopts::Options& options) {
  std::map<std::string, Details> flags;
  for (const auto& group : options.groups()) {
    for (const auto& each : options.group_help(group).options)
      flags.emplace(each.l.front(), each);
  }
  return flags;
}

// Whether cxxopts takes these words.
bool parses(cxxopts::Options options, const std::vector<std::string>& words) {
  std::vector<const char*> argv{"latent"};
  for (const auto& word : words)
    argv.push_back(word.c_str());
  try {
    options.parse(static_cast<int>(argv.size()), argv.data());
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::string see_help(const cxxopts::Options& options) {
  return "; see " + options.program() + " --help";
}

UsageError unknown_flag(const std::string& word, const cxxopts::Options& options) {
  const auto flags = flags_of(options);
  std::vector<std::string> known;
  for (const auto& [name, flag] : flags)
    known.insert(known.end(), flag.l.begin(), flag.l.end());
  // The dashes are in every flag, so they say nothing about which one is near.
  const std::string guess =
      nearest(word.substr(std::min(word.find_first_not_of('-'), word.size())), known);
  return UsageError(word + ": unknown flag of " + options.program() +
                    (!guess.empty()          ? "; did you mean --" + guess + "?"
                     : flags.contains("set") ? "; to change a config key use --set KEY=VALUE"
                                             : see_help(options)));
}

// Complains about `flag` if it has no value or a wrong one. next: the word behind it, or null.
void check_flag(const std::string& word, const Details& flag, const char* next,
                const cxxopts::Options& options) {
  const std::string name = "--" + flag.l.front();
  const size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
  const bool joined = equals != std::string::npos;
  if (flag.is_boolean) {
    if (!joined || parses(options, {word})) return;
    throw UsageError(name + ": takes no value; got " + word.substr(equals + 1));
  }
  std::string value = joined ? word.substr(equals + 1) : next == nullptr ? "" : next;
  if (!word.starts_with("--") && word.size() > 2)
    value = word.substr(2);  // -n5
  else if (!joined && next == nullptr)
    throw UsageError(name + ": no value; expected " + name + " " + flag.arg_help);
  if (parses(options, {name + "=" + value})) return;
  const bool whole = !parses(options, {name + "=0.5"});
  const bool too_large =
      whole && !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
  throw UsageError(name + " " + value + ": expected " + (whole ? "an integer" : "a number") +
                   (too_large ? " <= " + std::to_string(kLargestInteger) : ""));
}

// Calls visit(word, flag, next) for each word that is a flag. flag: nullptr for an unknown one.
// next: the word behind it, or nullptr.
template <class Visit>
void each_flag(const cxxopts::Options& options, const std::vector<const char*>& words,
               Visit visit) {
  const auto flags = flags_of(options);
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i];
    if (word == "--") return;
    if (word.size() < 2 || word[0] != '-') continue;
    const bool is_long = word.starts_with("--");
    const size_t equals = word.find('=');
    const std::string name = is_long ? word.substr(2, equals - 2) : word.substr(1, 1);
    const auto flag = std::find_if(flags.begin(), flags.end(), [&](const auto& each) {
      const auto& names = each.second.l;
      return is_long ? std::find(names.begin(), names.end(), name) != names.end()
                     : each.second.s == name;
    });
    const bool known = flag != flags.end();
    visit(word, known ? &flag->second : nullptr, i + 1 < words.size() ? words[i + 1] : nullptr);
    const bool apart = is_long ? equals == std::string::npos : word.size() == 2;
    if (known && !flag->second.is_boolean && apart) ++i;  // its value, which may begin with a dash
  }
}

// Finds the first word that cxxopts refuses and says what is wrong with it.
void explain(const cxxopts::Options& options, const std::vector<const char*>& words) {
  each_flag(options, words, [&](const std::string& word, const Details* flag, const char* next) {
    if (flag == nullptr) throw unknown_flag(word.substr(0, word.find('=')), options);
    check_flag(word, *flag, next, options);
  });
}

// cxxopts takes any word behind a flag for its value, another flag too.
void refuse_flags_as_values(const cxxopts::Options& options,
                            const std::vector<const char*>& words) {
  each_flag(options, words, [&](const std::string& word, const Details* flag, const char* next) {
    const bool apart =
        word.starts_with("--") ? word.find('=') == std::string::npos : word.size() == 2;
    if (flag == nullptr || flag->is_boolean || !apart || next == nullptr) return;
    if (!std::string(next).starts_with("--")) return;
    const std::string name = "--" + flag->l.front();
    throw UsageError(name + ": no value, but the flag " + next + "; expected " + name + " " +
                     flag->arg_help);
  });
}

// Of a flag that has one value cxxopts keeps the last.
void refuse_twice(const cxxopts::ParseResult& parsed, const cxxopts::Options& options) {
  for (const auto& [name, flag] : flags_of(options)) {
    if (flag.is_container || flag.is_boolean || parsed.count(name) < 2) continue;
    std::vector<std::string> values;
    for (const auto& given : parsed.arguments()) {
      if (given.key() == name) values.push_back(given.value());
    }
    throw UsageError("--" + name + ": given twice (" + join(values) + "); expected one value");
  }
}

// cxxopts only collects the words that belong to no option.
void refuse_surplus(const cxxopts::ParseResult& parsed, const cxxopts::Options& options) {
  if (parsed.unmatched().empty()) return;
  const std::string& word = parsed.unmatched().front();
  const auto flags = flags_of(options);
  const bool setting = word.find('=') != std::string::npos && flags.contains("set");
  std::error_code ignored;
  const bool run = flags.contains("run") && std::filesystem::is_directory(word, ignored);
  throw UsageError(word + ": not expected here" +
                   (setting ? "; to change a config key use --set " + word
                    : run   ? "; to name a run use --run " + word
                            : see_help(options)));
}

}  // namespace

Arguments parse_command_line(cxxopts::Options& options, int argc, const char* const* argv) {
  refuse_flags_as_values(options, {argv + 1, argv + argc});
  const auto parsed = [&] {
    try {
      return options.parse(argc, argv);
    } catch (const std::exception& failure) {  // cxxopts renamed its exceptions between versions
      explain(options, {argv + 1, argv + argc});
      throw UsageError(options.program() + ": " + failure.what() + see_help(options));
    }
  }();
  if (parsed.count("help") == 0) {
    refuse_surplus(parsed, options);
    refuse_twice(parsed, options);
  }
  return Arguments(parsed);
}

}  // namespace latent
