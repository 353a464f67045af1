// Checkpoints and other safetensors files.
#include "format/safetensors.h"

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  const TensorFile file = read_tensors(fuzz::file_of(input).path());
  size_t bytes = 0;
  for (const auto& [name, tensor] : file.tensors)
    bytes += tensor.nbytes();
  if (bytes > input.size()) std::abort();  // a byte cannot belong to two tensors
}
