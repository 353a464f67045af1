// What the system knows about this process.
#pragma once

namespace latent {

/// Seconds since the program was started, loading its libraries included; to 10 ms.
double seconds_since_launch();

}  // namespace latent
