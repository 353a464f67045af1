// Noise keyed by the step and by the images' places: what was drawn before does not matter, and a
// batch cut in two draws what the whole would.
#include "train/step_noise.h"

#include <ATen/ATen.h>

#include "train/batches.h"
#include "unit/expect.h"
#include "unit/own_parts.h"
#include "unit/stepping.h"

namespace latent {
namespace {

// Everything random of a step before its losses: the inputs, the latents and the decoder's output,
// under dropout, and a penalty's noise. Group norm, unlike batch norm, treats each image by itself.
std::map<std::string, Tensor> draw(const std::vector<int64_t>& images, int64_t step,
                                   BatchPart part) {
  const OwnRow<PenaltyRow> row(penalties(), three_terms());
  const Stepping t({"model.encoder.normalization={\"name\": \"group\", \"groups\": 2}",
                    "model.decoder.dropout=0.2"},
                   c10::kCPU, nullptr);
  StepNoise noise(7, c10::kCPU);
  noise.move_to(99);
  noise(Stream::kLatents).normal({3}, at::kFloat);  // an earlier draw
  noise.move_to(step, part);
  const Batch batch = t.batches->fetch(at::tensor(images, at::kLong), noise);
  const Output output = t.model->forward(batch.input, batch.condition, noise(Stream::kLatents),
                                         noise(Stream::kDropout));
  return {{"input", batch.input},
          {"target", batch.target},
          {"condition", batch.condition},
          {"z", output.latent.z.detach()},
          {"decoded", output.decoded.detach()},
          {"penalty", noise(Stream::kPenalty).normal({batch.input.size(0), 5}, at::kFloat)}};
}

TEST(StepNoise, ABatchCutInTwoDrawsWhatTheWholeWould) {
  const auto whole = draw({4, 9, 2, 0, 7, 1, 3}, 5, {}),
             first = draw({4, 9, 2}, 5, {.first = 0, .total = 7}),
             second = draw({0, 7, 1, 3}, 5, {.first = 3, .total = 7});
  for (const auto& [name, tensor] : whole) {
    SCOPED_TRACE(name);
    const Tensor joined = at::cat({first.at(name), second.at(name)});
    if (name == "z" || name == "decoded") {  // sums of products, in another order
      expect_tensor_near(joined, tensor, 1e-4);
    } else {
      EXPECT_TRUE(at::equal(joined, tensor));
    }
  }
  const auto same = draw({0, 7, 1, 3}, 5, {});  // without its place
  EXPECT_FALSE(at::equal(same.at("input"), second.at("input")));
}

TEST(StepNoise, EachStepHasItsOwn) {
  const auto a = draw({1, 2}, 5, {}), b = draw({1, 2}, 5, {}), c = draw({1, 2}, 6, {});
  EXPECT_EQ(first_unequal(a, b), "");
  for (const char* name : {"input", "z", "penalty"})
    EXPECT_FALSE(at::equal(a.at(name), c.at(name))) << name;
}

}  // namespace
}  // namespace latent
