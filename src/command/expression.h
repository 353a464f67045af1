// `latent arithmetic --expression`: sums of images in the latent space.
#pragma once

#include "command/flags/arguments.h"

namespace latent {

/// Declares --expression and --let.
void declare_expression(cxxopts::Options& options);

/// Computes the sum and writes one picture of its terms and its result.
/// Throws Error with the place of a mistake, and for letters that stand for no image.
void run_expression(const Arguments& arguments);

}  // namespace latent
