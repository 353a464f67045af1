#include "session/example_batch.h"

#include <ATen/ATen.h>

namespace latent {

ExampleBatch batch_of(const Examples& examples, int64_t first, int64_t count) {
  ExampleBatch batch{.images = examples.images(first, count)};
  for (const auto& each : examples.attributes)
    batch.attributes.push_back({each.name, each.values.narrow(0, first, count), each.classes});
  return batch;
}

ExampleBatch batch_of(const Examples& examples, const Tensor& indices) {
  ExampleBatch batch{.images = examples.images(indices)};
  for (const auto& each : examples.attributes)
    batch.attributes.push_back({each.name, each.values.index_select(0, indices), each.classes});
  return batch;
}

}  // namespace latent
