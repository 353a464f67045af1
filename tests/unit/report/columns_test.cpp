#include "report/columns.h"

#include <gmock/gmock.h>

#include <cmath>

#include "unit/expect.h"

namespace latent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Attribute label() {
  return {"label", torch::tensor({1.0, 0.0, std::nan(""), 2.0}, torch::kDouble), {"Shoe", "Boot"}};
}

TEST(Columns, WordsAreEmptyForUnknownClasses) {
  EXPECT_THAT(words_of(label()), ElementsAre("Boot", "Shoe", "", ""));
}

TEST(Columns, AreTheNameThenTheAttributes) {
  const Attribute size{"size", torch::tensor({4.0, 3.0, 2.0, 1.0}, torch::kDouble), {}};
  const auto columns = known_columns({"a", "b", "c", "d"}, {label(), size});
  ASSERT_EQ(columns.size(), 3U);
  EXPECT_EQ(columns[0].name, "name");
  EXPECT_THAT(columns[0].words, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(columns[1].name, "label");
  EXPECT_THAT(columns[1].words, ElementsAre("Boot", "Shoe", "", ""));
  EXPECT_EQ(columns[2].name, "size");
  EXPECT_THAT(columns[2].words, IsEmpty());
  expect_tensor_near(columns[2].numbers, size.values, 0);
}

}  // namespace
}  // namespace latent
