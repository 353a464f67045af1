// The table of all subcommands of `latent`.
#pragma once

#include "command/flags/arguments.h"
#include "core/registry.h"

namespace latent {

struct CommandRow {
  std::string name;                    // as typed: "compare-pca"
  std::string summary;                 // begins with a verb, for the overview and --help
  void (*declare)(cxxopts::Options&);  // adds the command's own flags
  void (*run)(const Arguments&);
  bool overrides_seed = false;     // --seed overrides train.seed of the config and has no default
  std::string memory_remedy = "";  // what to lower when memory runs out; "": depends on the flags
};

/// Returns the table of all commands.
const Registry<CommandRow>& commands();

}  // namespace latent
