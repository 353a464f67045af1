// The table of all subcommands of `latent`.
#pragma once

#include "command/flags/arguments.h"
#include "core/registry.h"

namespace latent {

/// What --seed is for a command.
enum class SeedFlag {
  kNone,       // it draws no random numbers and has no such flag
  kDraws,      // the seed of what it draws
  kOverrides,  // overrides train.seed of the config; has no default
};

struct CommandRow {
  std::string name;                    // as typed: "compare-pca"
  std::string summary;                 // begins with a verb, for the overview and --help
  void (*declare)(cxxopts::Options&);  // adds the command's own flags
  void (*run)(const Arguments&);
  SeedFlag seed = SeedFlag::kNone;
  bool device = true;              // whether it computes on a device and has --device
  std::string memory_remedy = "";  // what to lower when memory runs out; "": depends on the flags
};

/// Returns the flags of a command: its own and those that all share.
cxxopts::Options declare_command(const CommandRow& row);

/// Returns the table of all commands.
const Registry<CommandRow>& commands();

}  // namespace latent
