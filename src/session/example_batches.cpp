#include "session/example_batches.h"

#include <ATen/ATen.h>

#include "core/random.h"

namespace latent {

ExampleBatches some_of(const Examples& examples, int64_t most, uint64_t seed) {
  if (examples.count() <= most) {
    return {.count = examples.count(), .read = [examples](int64_t first, int64_t count) {
              return batch_of(examples, first, count);
            }};
  }
  auto noise = generator(seed, Stream::kSplit);
  const Tensor some = at::randperm(examples.count(), noise, at::kLong).narrow(0, 0, most);
  return {.count = most, .read = [examples, some](int64_t first, int64_t count) {
            return batch_of(examples, some.narrow(0, first, count));
          }};
}

ExampleBatches all_of(const Examples& examples) {
  ExampleBatches batches = some_of(examples, examples.count(), 0);
  batches.attributes = examples.attributes;
  for (int64_t i = 0; i < examples.count(); ++i) {
    batches.names.push_back(examples.name(i));
    batches.indices.push_back(i);
  }
  return batches;
}

ExampleBatches in_batches(const ExampleBatch& inputs) {
  const auto part = [inputs](int64_t first, int64_t count) {
    return ExampleBatch{.images = inputs.images.narrow(0, first, count),
                        .attributes = part_of(inputs.attributes, first, count)};
  };
  return {.count = inputs.images.size(0),
          .read = part,
          .names = inputs.names,
          .attributes = inputs.attributes,
          .indices = inputs.indices};
}

}  // namespace latent
