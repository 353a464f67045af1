// The program's own libraries that are loaded only when needed: image codecs, GPU tools.
#pragma once

#include <string>

namespace latent {

/// Loads the library `file` ("latent_codecs.so") and returns its function `symbol`. The library
/// lies beside the executable in a build tree, else in ../lib/latent. It is never unloaded.
///
/// what: how messages begin.  remedy: how the message ends if the library cannot be loaded.  Throws
/// Error if the library is missing, cannot be loaded or belongs to another program.
void* module_symbol(const std::string& file, const std::string& symbol, const std::string& what,
                    const std::string& remedy);

}  // namespace latent
