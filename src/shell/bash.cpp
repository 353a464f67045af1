#include <map>

#include "core/text/suggest.h"
#include "shell/completion.h"
#include "shell/flag_values.h"

namespace latent::shell {
namespace {

// Names are compared as text and quoted: a name in a run's file must not be able to run a command.
constexpr const char* kBashFunctions = R"BASH(
# Adds the words of the arguments that begin with $cur, each with $suffix.
_latent_offer() {
  local word quoted
  for word in "$@"; do
    if [[ $word == "$cur"* ]]; then
      printf -v quoted %q "$word"
      COMPREPLY+=("$quoted$suffix")
    fi
  done
}

# Sets REPLY to the run that the command line names.
_latent_run() {
  local i word
  REPLY=
  for ((i = 2; i < ${#COMP_WORDS[@]}; ++i)); do
    word=${COMP_WORDS[i]/#\~\//$HOME/}
    if ((i != COMP_CWORD)) && [[ -e $word/config.json && -e $word/build.json ]]; then
      REPLY=$word
      return
    fi
  done
}

# Offers the names of a kind that the run has: attribute, sampler.
_latent_names() {
  local line
  _latent_run
  [[ -r $REPLY/cache/names.txt ]] || return
  while IFS= read -r line; do
    if [[ $line == "$1 "* ]]; then _latent_offer "${line#* }"; fi
  done <"$REPLY/cache/names.txt"
}

_latent_checkpoints() {
  local file
  _latent_run
  for file in "$REPLY"/checkpoints/*.safetensors; do
    file=${file##*/}
    if [[ $file != '*'* ]]; then _latent_offer "${file%.safetensors}"; fi
  done
}

_latent() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  local REPLY suffix=
  local -a words
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _latent_offer "${_latent_commands[@]}" help --help --version
    return
  fi
  if [[ $command == help ]]; then
    _latent_offer "${_latent_commands[@]}"
    return
  fi
  if [[ $cur == '=' ]]; then
    cur=
  elif [[ $prev == '=' ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  _latent_value "$command" "$prev"
  if [[ -z $REPLY && $cur == -* ]]; then
    _latent_flags "$command"
    _latent_offer "${words[@]}"
    return
  fi
  if [[ -z $REPLY ]]; then _latent_words "$command"; fi
  case $REPLY in
    words) _latent_offer "${words[@]}" ;;
    words+files)
      _latent_offer "${words[@]}"
      compopt -o filenames -o default
      ;;
    setting)
      compopt -o nospace
      suffix='='
      _latent_offer "${_latent_keys[@]}"
      ;;
    attribute | sampler) _latent_names "$REPLY" ;;
    checkpoint) _latent_checkpoints ;;
    folders)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$cur")
      ;;
    files)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      ;;
  esac
}
complete -F _latent latent
)BASH";

// The shell code that says where the values come from.
std::string bash_action(const FlagValues& values) {
  switch (values.kind) {
    case ValueKind::kNone:
      return "REPLY=none";
    case ValueKind::kFile:
      return "REPLY=files";
    case ValueKind::kFolder:
      return "REPLY=folders";
    case ValueKind::kWords:
      return "REPLY=words words=(" + join(values.words, " ") + ")";
    case ValueKind::kSetting:
      return "REPLY=setting";
    case ValueKind::kAttribute:
      return "REPLY=attribute";
    case ValueKind::kSampler:
      return "REPLY=sampler";
    case ValueKind::kCheckpoint:
      return "REPLY=checkpoint";
  }
  return "";
}

// All spellings of a flag: "--count", "-n".
std::vector<std::string> spellings(const FlagText& flag) {
  std::vector<std::string> all{"--" + flag.name};
  for (const auto& alias : flag.aliases)
    all.push_back("--" + alias);
  if (!flag.letter.empty()) all.push_back("-" + flag.letter);
  return all;
}

std::string bash_flags(const CompletionSource& source) {
  std::string text = "_latent_flags() {\n  case $1 in\n";
  for (const auto& command : source.commands) {
    std::vector<std::string> flags;
    for (const auto& flag : command.flags) {
      if (!flag.positional) flags.push_back("--" + flag.name);
    }
    text += "    " + command.name + ") words=(" + join(flags, " ") + ") ;;\n";
  }
  return text + "  esac\n}\n";
}

// Sets REPLY for a flag that takes a value, by command and flag.
std::string bash_values(const CompletionSource& source) {
  std::map<std::string, std::vector<std::string>> patterns;  // by action
  for (const auto& command : source.commands) {
    for (const auto& flag : command.flags) {
      if (flag.value.empty()) continue;
      for (const auto& spelling : spellings(flag))
        patterns[bash_action(values_of(flag))].push_back(command.name + "\\ " + spelling);
    }
  }
  std::string text = "_latent_value() {\n  REPLY=\n  case \"$1 $2\" in\n";
  for (const auto& [action, of] : patterns)
    text += "    " + join(of, " | ") + ") " + action + " ;;\n";
  return text + "  esac\n}\n";
}

std::string bash_words(const CompletionSource& source) {
  std::string text = "_latent_words() {\n  REPLY=files\n  case $1 in\n";
  for (const auto& command : source.commands) {
    const FlagValues values = values_of_words(command);
    if (values.kind != ValueKind::kWords) continue;
    text +=
        "    " + command.name + ") REPLY=words+files words=(" + join(values.words, " ") + ") ;;\n";
  }
  return text + "  esac\n}\n";
}

}  // namespace

std::string bash_completion(const CompletionSource& source) {
  std::vector<std::string> names;
  for (const auto& command : source.commands)
    names.push_back(command.name);
  return "# Completion of latent for bash, written by `latent completion "
         "bash`.\n\n_latent_commands=(" +
         join(names, " ") + ")\n_latent_keys=(\n  " + join(source.keys, "\n  ") + "\n)\n" +
         bash_flags(source) + bash_values(source) + bash_words(source) + kBashFunctions;
}

}  // namespace latent::shell
