#include "session/example_batch.h"

#include <ATen/ATen.h>

namespace latent {

std::vector<Attribute> part_of(const std::vector<Attribute>& attributes, int64_t first,
                               int64_t count) {
  std::vector<Attribute> part;
  for (const auto& each : attributes)
    part.push_back({each.name, each.values.narrow(0, first, count), each.classes});
  return part;
}

ExampleBatch batch_of(const Examples& examples, int64_t first, int64_t count) {
  return {.images = examples.images(first, count),
          .attributes = part_of(examples.attributes, first, count)};
}

ExampleBatch batch_of(const Examples& examples, const Tensor& indices) {
  ExampleBatch batch{.images = examples.images(indices)};
  for (const auto& each : examples.attributes)
    batch.attributes.push_back({each.name, each.values.index_select(0, indices), each.classes});
  return batch;
}

}  // namespace latent
