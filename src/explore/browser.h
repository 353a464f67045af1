// Opens an address in the user's browser.
#pragma once

#include <string>

namespace latent::explore {

/// Starts the desktop's browser with xdg-open. Returns false if there is no display or no such
/// program.
bool open_in_browser(const std::string& address);

}  // namespace latent::explore
