// What the command line offers, as data: the source of the help, the manual pages and the
// completion of shells.
#pragma once

#include <string>
#include <vector>

#include "command/registry.h"

namespace latent::shell {

/// A flag, or a word that a command takes in its place.
struct FlagText {
  std::string name;                  // "count"
  std::vector<std::string> aliases;  // other long names
  std::string letter;                // "n", or ""
  std::string value;                 // what it takes, "N"; "" for a switch
  std::string meaning;               // may have line breaks: a list of the values, "name: summary"
  std::string default_value;         // ""; also where the meaning says it
  std::string group;                 // "input", "output", "look", "machine" or "": of this command
  bool positional = false;           // may be given as a word without its name
  bool repeatable = false;
};

struct CommandText {
  std::string name;     // "sample"
  std::string summary;  // begins with a verb
  std::string usage;    // "latent sample RUN [options]"
  std::string example;  // a line for a shell, or ""
  std::vector<FlagText> flags;
};

CommandText text_of(const CommandRow& row);

/// Returns the flags of a group, in their order. Groups stand in the order of flag_groups().
std::vector<FlagText> flags_of_group(const CommandText& command, const std::string& group);

/// A group of flags and its title.
struct FlagGroup {
  std::string name, title;
};
const std::vector<FlagGroup>& flag_groups();

/// Returns the values that a flag's meaning lists, "\nname: summary" each; their marks (*) left
/// out.
std::vector<std::string> listed_values(const FlagText& flag);

}  // namespace latent::shell
