#include "command/flags/parse.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "core/text/suggest.h"
#include "run/run_directory.h"
#include "run/run_path.h"

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

// A space beside the "=" of a setting makes words of their own: `--set train.epochs = 3`.
void refuse_spaced_settings(const std::vector<const char*>& words) {
  for (size_t i = 0; i + 2 < words.size(); ++i) {
    const std::string flag = words[i], key = words[i + 1], next = words[i + 2];
    if (flag != "--set" || key.find('=') != std::string::npos || !next.starts_with('=')) continue;
    const std::string value = next.size() > 1        ? next.substr(1)
                              : i + 3 < words.size() ? words[i + 3]
                                                     : "";
    throw UsageError("--set " + key + ": a space before the =; expected --set " + key + "=" +
                     (value.empty() ? "VALUE" : value));
  }
}

// Whether a word names a run: its folder, or the file of one of its checkpoints.
bool names_run(const std::string& word) {
  const auto within = run_of_path(word);
  return within && (within->run == std::filesystem::path(word) || !within->checkpoint.empty());
}

// Puts --run before the words that name a run, unless the command line has it: a run may stand as a
// word of its own. `train` takes a config there, but for a run that is resumed.
std::vector<const char*> with_run_flags(const cxxopts::Options& options,
                                        const std::vector<const char*>& words) {
  const auto flags = flags_of(options);
  const auto any = [&](auto&& is) { return std::any_of(words.begin(), words.end(), is); };
  const bool given =
      any([](const std::string& word) { return word == "--run" || word.starts_with("--run="); });
  const bool resumes = any([](const std::string& word) { return word == "--resume"; });
  if (given || !flags.contains("run") || (flags.contains("resume") && !resumes)) return words;
  std::set<const char*> taken;  // flags and their values
  each_flag(options, words, [&](const std::string& word, const Details* flag, const char* next) {
    const bool apart =
        word.starts_with("--") ? word.find('=') == std::string::npos : word.size() == 2;
    if (flag != nullptr && !flag->is_boolean && apart && next != nullptr) taken.insert(next);
  });
  std::vector<const char*> result;
  bool all_words = false;  // behind "--"
  for (const char* word : words) {
    all_words = all_words || std::string(word) == "--";
    const bool flag = word[0] == '-' || taken.contains(word);
    if (!all_words && !flag && names_run(word)) result.push_back("--run");
    result.push_back(word);
  }
  return result;
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
  if (run && !runs_below(word, 1).empty()) RunDirectory::open(word);  // names the runs in it
  throw UsageError(word + ": not expected here" +
                   (setting ? "; to change a config key use --set " + word
                    : run   ? "; to name a run use --run " + word
                            : see_help(options)));
}

}  // namespace

Arguments parse_command_line(cxxopts::Options& options, int argc, const char* const* argv) {
  const std::vector<const char*> given(argv + 1, argv + argc);
  refuse_spaced_settings(given);
  refuse_flags_as_values(options, given);
  const std::vector<const char*> words = with_run_flags(options, given);
  const auto parsed = [&] {
    try {
      std::vector<const char*> all{argv[0]};
      all.insert(all.end(), words.begin(), words.end());
      return options.parse(static_cast<int>(all.size()), all.data());
    } catch (const std::exception& failure) {  // cxxopts renamed its exceptions between versions
      explain(options, words);
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
