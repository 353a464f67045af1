// `latent arithmetic --expression`: sums of images in the latent space.
#pragma once

#include "command/flags/arguments.h"

namespace latent {

/// Declares --expression and --let.
void declare_expression(cxxopts::Options& options);

/// Computes the sum and writes one picture of its terms and its result.
/// Throws Error for a mistake in the sum, with its position, and for a letter without an image.
void run_expression(const Arguments& arguments);

}  // namespace latent
