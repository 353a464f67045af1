// Libraries of this program's own that are loaded only when they are needed: image codecs, work on
// a GPU.
#pragma once

#include <string>

namespace latent {

/// The function `symbol` of the library `file` ("latent_codecs.so"), which lies beside the
/// executable in a build tree and in ../lib/latent where it was installed. It is never unloaded.
///
/// what: what the messages begin with.  remedy: what that of a library that cannot be loaded ends
/// with.  Throws Error if it is not there, cannot be loaded or is of another program.
void* module_symbol(const std::string& file, const std::string& symbol, const std::string& what,
                    const std::string& remedy);

}  // namespace latent
