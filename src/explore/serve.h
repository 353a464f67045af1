// Serves the page of a run until it has to stop.
#pragma once

#include <functional>
#include <string>

#include "explore/explorer.h"

namespace latent::explore {

struct ServeOptions {
  int port = 0;             // 0: any that is free
  double idle_minutes = 0;  // ends after so long without a request; 0: never
};

/// Serves the page on 127.0.0.1. ready: called once with the address, which holds the token.
/// Returns after idle_minutes. Throws Interrupted after SIGINT, SIGTERM or SIGHUP, which
/// catch_interrupts must have been called for, and Error if the port is in use or this build has no
/// server.
void serve(Explorer& explorer, const ServeOptions& options,
           const std::function<void(const std::string& address)>& ready);

}  // namespace latent::explore
