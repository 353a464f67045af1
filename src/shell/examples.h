// A line for a shell that shows each command at work.
#pragma once

#include <string>

namespace latent::shell {

/// Returns an example of a command, "latent sample runs/fashion --count 36"; "" if there is none.
/// The run in all of them is runs/fashion.
std::string example_of(const std::string& command);

}  // namespace latent::shell
