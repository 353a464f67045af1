#pragma once
// Which build this is; the build writes the definitions (cmake/version.cpp.in).

namespace latent {

/// The release, such as "0.1.0".
const char* version();

/// The abbreviated git revision it was built from, or "unknown" for a source archive.
const char* git_revision();

}  // namespace latent
