// IDX files, plain and gzipped.
#include "format/idx.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const auto path = fuzz::file_of(input).path();
  for (const int64_t dimensions : {3, 1})
    fuzz::read_or_refuse([&] { read_idx(path, dimensions); });
}
