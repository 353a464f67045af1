#include "session/experiment.h"

#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// The first pixels of the validation images that training measures, of ten with the pixels 0 to 9.
std::vector<int64_t> measured_of_ten(const std::string& train) {
  const Experiment plan = experiment(R"({"data": {"name": "shapes"}, "train": {)" + train + "}}");
  const Examples ten{
      .pixels = torch::arange(10, torch::kByte).view({10, 1, 1, 1}), .attributes = {}, .names = {}};
  std::vector<int64_t> pixels;
  const Tensor kept = measured_validation(plan, ten).pixels.flatten();
  for (int64_t i = 0; i < kept.numel(); ++i)
    pixels.push_back(kept[i].item<int64_t>());
  return pixels;
}

TEST(MeasuredValidation, IsSpreadOverTheSplit) {
  EXPECT_EQ(measured_of_ten(R"("validation_count": 4)"), (std::vector<int64_t>{0, 2, 5, 7}));
  EXPECT_EQ(measured_of_ten(R"("validation_count": 1)"), (std::vector<int64_t>{0}));
  for (const char* all : {"", R"("validation_count": 10)", R"("validation_count": 11)"})
    EXPECT_EQ(measured_of_ten(all).size(), 10U) << all;
}

}  // namespace
}  // namespace latent
