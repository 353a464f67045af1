// The instructions behind kernel/pair_product.h: AVX512-BF16 and AMX.
#pragma once

#include "kernel/pair_product.h"

namespace latent::kernel {

/// Return true if the processor, and the system for tiles, has the instructions.
bool processor_has_vectors();
bool processor_has_tiles();

void multiply_by_vectors(const PairProduct& product);

/// Sets the sizes of the thread's tile registers.
void prepare_tiles();
void multiply_by_tiles(const PairProduct& product);
void release_tiles();

}  // namespace latent::kernel
