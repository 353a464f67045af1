// Sums of images: --expression.
#include "space/expression.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  if (latent::space::parse_expression(std::string(input)).empty()) std::abort();
}
