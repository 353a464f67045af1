#include "core/text/suggest.h"
#include "shell/completion.h"
#include "shell/flag_values.h"

namespace latent::shell {
namespace {

constexpr const char* kFishFunctions = R"FISH(
# Prints the run that the command line names.
function __latent_run
    for word in (commandline -opc)[3..]
        set word (string replace -r '^--run=' '' -- $word)
        set word (string replace -r '^~/' $HOME/ -- $word)
        if test -e "$word/config.json"; and test -e "$word/build.json"
            echo $word
            return
        end
    end
end

# Prints the names of a kind that the run has: attribute, sampler.
function __latent_names
    set -l run (__latent_run)
    if test -n "$run"; and test -r "$run/cache/names.txt"
        string replace -f -r "^$argv[1] " '' <"$run/cache/names.txt"
    end
end

function __latent_checkpoints
    set -l run (__latent_run)
    for file in $run/checkpoints/*.safetensors
        string replace -r '^.*/(.*)\.safetensors$' '$1' -- $file
    end
end

# Whether the command of the line is the argument.
function __latent_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

function __latent_has_no_command
    test (count (commandline -opc)) -eq 1
end
)FISH";

// A text in single quotes, in which fish knows \' and \\ alone.
std::string fish_word(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + "'";
}

// The flags of `complete` that say where the values come from.
std::string fish_action(const FlagValues& values) {
  switch (values.kind) {
    case ValueKind::kNone:
      return " -x";
    case ValueKind::kFile:
      return " -r -F";
    case ValueKind::kFolder:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::kWords:
      return " -x -a " + fish_word(join(values.words, " "));
    case ValueKind::kSetting:
      return " -x -a '$__latent_keys'";
    case ValueKind::kAttribute:
      return " -x -a '(__latent_names attribute)'";
    case ValueKind::kSampler:
      return " -x -a '(__latent_names sampler)'";
    case ValueKind::kCheckpoint:
      return " -x -a '(__latent_checkpoints)'";
  }
  return "";
}

std::string fish_flag(const CommandText& command, const FlagText& flag) {
  std::string text = "complete -c latent -n '__latent_is " + command.name + "' -l " + flag.name;
  if (!flag.letter.empty()) text += " -s " + flag.letter;
  if (!flag.value.empty()) text += fish_action(values_of(flag));
  return text + " -d " + fish_word(short_meaning(flag)) + "\n";
}

}  // namespace

std::string fish_completion(const CompletionSource& source) {
  std::string text =
      "# Completion of latent for fish, written by `latent completion fish`.\n\n"
      "set -g __latent_keys " +
      join(source.keys, "= ") + "=\n" + kFishFunctions + "\n";
  std::vector<std::string> names;
  for (const auto& command : source.commands) {
    names.push_back(command.name);
    text += "complete -c latent -n __latent_has_no_command -f -a " + command.name + " -d " +
            fish_word(command.summary) + "\n";
  }
  text +=
      "complete -c latent -n __latent_has_no_command -f -a help -d 'print the help of a command'\n";
  text += "complete -c latent -n '__latent_is help' -f -a " + fish_word(join(names, " ")) + "\n";
  for (const auto& command : source.commands) {
    const FlagValues words = values_of_words(command);
    if (words.kind == ValueKind::kWords)
      text += "complete -c latent -n '__latent_is " + command.name + "' -a " +
              fish_word(join(words.words, " ")) + "\n";
    for (const auto& flag : command.flags) {
      if (!flag.positional) text += fish_flag(command, flag);
    }
  }
  return text;
}

}  // namespace latent::shell
