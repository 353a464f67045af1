// Which operations of our own may be used: as on a lesser processor, for tests.
#pragma once

namespace latent::kernel {

enum class Allowed {
  kAll,
  kNarrow,   // none made for AVX-512, as on a processor without it
  kNothing,  // LibTorch's operations only
};

/// value: of the environment variable LATENT_KERNELS, "narrow" or "off"; null or empty: all. Throws
/// Error for another.
Allowed parse_allowed(const char* value);

/// What LATENT_KERNELS says, read once.
Allowed allowed();

}  // namespace latent::kernel
