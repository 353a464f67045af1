// Manual pages, in the language of man(7).
#pragma once

#include <string>
#include <vector>

#include "shell/command_text.h"

namespace latent::shell {

/// Returns the page latent(1), which lists the commands.
std::string overview_page(const std::vector<CommandText>& commands);

/// Returns the page of a command, latent-train(1).
std::string manual_page(const CommandText& command);

}  // namespace latent::shell
