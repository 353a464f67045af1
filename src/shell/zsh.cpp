#include "core/text/suggest.h"
#include "shell/completion.h"
#include "shell/flag_values.h"

namespace latent::shell {
namespace {

constexpr const char* kZshFunctions = R"ZSH(
# Sets REPLY to the run that the command line names.
_latent_run() {
  local word
  REPLY=
  for word in "${(@)words[3,-1]}"; do
    word=${(Q)word}
    word=${word#--run=}
    word=${word/#\~\//$HOME/}
    if [[ -e $word/config.json && -e $word/build.json ]]; then
      REPLY=$word
      return
    fi
  done
}

# Offers the names of a kind that the run has: attribute, sampler.
_latent_names() {
  local REPLY
  local -a lines
  _latent_run
  [[ -r $REPLY/cache/names.txt ]] || return 1
  lines=("${(@f)$(<$REPLY/cache/names.txt)}")
  lines=("${(@M)lines:#$1 *}")
  compadd -- "${(@)lines#* }"
}

_latent_checkpoints() {
  local REPLY
  local -a files
  _latent_run
  files=("$REPLY"/checkpoints/*.safetensors(N:t:r))
  compadd -- "${(@)files}"
}

_latent() {
  local command=$words[2] flag=$words[CURRENT-1] before=
  local -a flags
  if ((CURRENT == 2)); then
    _describe -t commands command _latent_commands
    return
  fi
  if [[ $command == help ]]; then
    _describe -t commands command _latent_commands
    return
  fi
  if [[ $PREFIX == --*=* ]]; then
    flag=${PREFIX%%=*}
    compset -P '*='
  fi
  _latent_value "$command" "$flag" && return
  if [[ $PREFIX == -* ]]; then
    _latent_flags "$command"
    _describe -o -t flags flag flags
    return
  fi
  _latent_words "$command"
}

if [[ $funcstack[1] == _latent ]]; then
  _latent "$@"
else
  compdef _latent latent
fi
)ZSH";

// The shell code that offers the values.
std::string zsh_action(const FlagValues& values) {
  switch (values.kind) {
    case ValueKind::kNone:
      return "_message value";
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kFolder:
      return "_files -/";
    case ValueKind::kWords:
      return "compadd -- " + join(values.words, " ");
    case ValueKind::kSetting:
      return "compadd -S = -- \"${(@)_latent_keys}\"";
    case ValueKind::kAttribute:
      return "_latent_names attribute";
    case ValueKind::kSampler:
      return "_latent_names sampler";
    case ValueKind::kCheckpoint:
      return "_latent_checkpoints";
  }
  return "";
}

// A line of _describe, "name:meaning".
std::string described(const std::string& name, const std::string& meaning) {
  std::string safe;
  for (const char c : meaning) {
    if (c == ':' || c == '\\') safe += '\\';
    safe += c;
  }
  return "    " + quoted_word(name + ":" + safe) + "\n";
}

std::string zsh_flags(const CompletionSource& source) {
  std::string text = "_latent_flags() {\n  case $1 in\n";
  for (const auto& command : source.commands) {
    text += "  " + command.name + ") flags=(\n";
    for (const auto& flag : command.flags) {
      if (!flag.positional) text += described("--" + flag.name, short_meaning(flag));
    }
    text += "    ) ;;\n";
  }
  return text + "  esac\n}\n";
}

std::string zsh_values(const CompletionSource& source) {
  std::string text = "_latent_value() {\n  case \"$1 $2\" in\n";
  for (const auto& command : source.commands) {
    for (const auto& flag : command.flags) {
      if (flag.value.empty()) continue;
      std::string pattern = command.name + "\\ --" + flag.name;
      for (const auto& alias : flag.aliases)
        pattern += "|" + command.name + "\\ --" + alias;
      if (!flag.letter.empty()) pattern += "|" + command.name + "\\ -" + flag.letter;
      text += "  " + pattern + ") " + zsh_action(values_of(flag)) + "; return 0 ;;\n";
    }
  }
  return text + "  esac\n  return 1\n}\n";
}

std::string zsh_words(const CompletionSource& source) {
  std::string text = "_latent_words() {\n  case $1 in\n";
  for (const auto& command : source.commands) {
    const FlagValues values = values_of_words(command);
    if (values.kind != ValueKind::kWords) continue;
    text += "  " + command.name + ") compadd -- " + join(values.words, " ") + " ;;\n";
  }
  return text + "  esac\n  _files\n}\n";
}

}  // namespace

std::string zsh_completion(const CompletionSource& source) {
  std::string text =
      "#compdef latent\n# Completion of latent for zsh, written by `latent completion zsh`.\n\n"
      "typeset -ga _latent_commands _latent_keys\n_latent_commands=(\n";
  for (const auto& command : source.commands)
    text += described(command.name, command.summary);
  text += described("help", "print the help of a command") + ")\n_latent_keys=(\n  " +
          join(source.keys, "\n  ") + "\n)\n";
  return text + zsh_flags(source) + zsh_values(source) + zsh_words(source) + kZshFunctions;
}

}  // namespace latent::shell
