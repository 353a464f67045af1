// What a shell offers as the value of a flag.
#pragma once

#include <string>
#include <vector>

#include "shell/command_text.h"

namespace latent::shell {

/// How a shell finds the values.
enum class ValueKind {
  kNone,        // a number, a text
  kFile,        // any file
  kFolder,      // any folder
  kWords,       // `words`
  kSetting,     // a key of a config and "="
  kAttribute,   // the attributes in the run's file of names
  kSampler,     // the samplers in it
  kCheckpoint,  // the checkpoints of the run
};

struct FlagValues {
  ValueKind kind = ValueKind::kNone;
  std::vector<std::string> words = {};

  bool operator==(const FlagValues&) const = default;
};

/// Returns the values of a flag; of a switch kNone.
FlagValues values_of(const FlagText& flag);

/// Returns the values of the first word behind a command.
FlagValues values_of_words(const CommandText& command);

/// Returns the keys of a config, as --set takes them: "train.epochs". They are those that `latent
/// list` prints.
std::vector<std::string> config_keys();

/// Returns where the options of a family of `latent list` stand in a config: "model.encoder" for
/// "encoder"; "" for a family that is no part of a config; nothing for an unknown family.
const std::string* section_of_family(const std::string& family);

}  // namespace latent::shell
