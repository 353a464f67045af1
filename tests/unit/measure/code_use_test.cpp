// How evenly codes are used.
#include "measure/code_use.h"

#include <cmath>

#include "unit/expect.h"

namespace latent {
namespace {

TEST(CodeUse, CountsOverAllBatches) {
  CodeCounts counts(4);
  counts.add(torch::tensor({{0, 0}, {0, 1}}, at::kLong));
  counts.add(torch::tensor({{1, 1}, {0, 1}}, at::kLong));
  const CodeUse use = counts.use();
  EXPECT_EQ(use.codes, 4);
  EXPECT_EQ(use.used, 2);
  EXPECT_NEAR(use.nats, std::log(2.0), 1e-12);  // four of each
  EXPECT_NEAR(use.perplexity, 2, 1e-12);
  EXPECT_TRUE(torch::equal(counts.counts(), torch::tensor({4, 4, 0, 0}, at::kLong)));
}

TEST(CodeUse, OneCodeSaysNothing) {
  CodeCounts counts(3);
  counts.add(torch::full({5, 2}, 2, at::kLong));
  EXPECT_NEAR(counts.use().perplexity, 1, 1e-12);
  EXPECT_EQ(counts.use().used, 1);
}

}  // namespace
}  // namespace latent
