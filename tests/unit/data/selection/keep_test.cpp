#include "data/selection/keep.h"

#include "core/system/file.h"
#include "unit/datasets.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const std::string kSmallShapes = R"("name": "shapes", "count": 100, "size": [8, 8])";

TEST(Keep, FiltersTrainingAndValidationButNotTheTestSplit) {
  const auto all = open_dataset(kSmallShapes),
             hearts = open_dataset(kSmallShapes + R"(, "keep": "shape=heart")");
  for (const Split split : {Split::kTrain, Split::kValidation}) {
    const Examples whole = all->load(split), some = hearts->load(split);
    const Tensor rows = whole.find("shape")->values.eq(2).nonzero().flatten();
    ASSERT_GT(rows.numel(), 10);
    expect_tensor_near(some.pixels, whole.pixels.index_select(0, rows), 0);
    expect_tensor_near(some.find("scale")->values,
                       whole.find("scale")->values.index_select(0, rows), 0);
    EXPECT_EQ(some.name(0), whole.name(rows[0].item<int64_t>()));  // of the whole split
  }
  expect_tensor_near(hearts->load(Split::kTest).pixels, all->load(Split::kTest).pixels, 0);
  EXPECT_EQ(hearts->notice(),
            "data.keep \"shape=heart\": training and validation use only these examples; the test "
            "split is unfiltered");
}

TEST(Keep, AnEmptySplitIsAnError) {
  const auto none = open_dataset(kSmallShapes + R"(, "keep": "scale=7..8")");
  expect_error([&] { none->load(Split::kTrain); },
               "x: data.keep: \"scale=7..8\" keeps none of the 100 examples of the train split; "
               "expected a rule that matches some");
}

// A set of three training and two validation examples, each of one pixel.
class Letters : public Dataset {
 public:
  explicit Letters(bool named) : named_(named) {}
  Examples load(Split split) const override {
    Examples examples;
    const int64_t count = split == Split::kTrain ? 3 : 2;
    examples.pixels = torch::arange(count).to(at::kByte).view({count, 1, 1, 1});
    if (!named_) return examples;
    if (split == Split::kTrain) examples.names = {"a.png", "b.png", "7"};
    if (split == Split::kValidation) examples.names = {"d.png", "e.png"};
    if (split == Split::kTest) examples.names = {"f.png", "g.png"};
    return examples;
  }

 private:
  bool named_;
};

class KeepList : public testing::Test {
 protected:
  std::unique_ptr<Dataset> kept(const std::string& text, bool named = true) {
    write_file(file_, text);
    return keep_only(std::make_unique<Letters>(named), std::string("@").append(file_.string()),
                     "x: data.keep");
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "list.txt";
};

using Names = std::vector<std::string>;

TEST_F(KeepList, NamesSelectFromBothSplits) {
  const auto some = kept("e.png\n7\na.png, a.png\n");
  EXPECT_EQ(some->load(Split::kTrain).names, (Names{"a.png", "7"}));
  EXPECT_EQ(some->load(Split::kValidation).names, (Names{"e.png"}));
  EXPECT_EQ(some->load(Split::kTest).names, (Names{"f.png", "g.png"}));
}

TEST_F(KeepList, IndicesCountWithinTheTrainingSplit) {
  const auto some = kept("2\n0\n2\n", false);
  EXPECT_EQ(some->load(Split::kTrain).names, (Names{"00000", "00002"}));
  EXPECT_EQ(some->load(Split::kValidation).count(), 2);
  const auto beyond = kept("1\n3\n", false);
  expect_error([&] { beyond->load(Split::kTrain); },
               file_.string() +
                   ": line 2: \"3\": no such example in the train split; expected an "
                   "index from 0 to 2");
}

TEST_F(KeepList, AnEntryThatNeitherSplitHasIsAnError) {
  const auto some = kept("a.png\nd.png\nee.png\n");
  EXPECT_EQ(some->load(Split::kTrain).count(), 1);
  expect_error([&] { some->load(Split::kValidation); },
               file_.string() +
                   ": line 3: \"ee.png\": no such example in the training and "
                   "validation splits; did you mean e.png?");
}

TEST_F(KeepList, ASplitWithoutAnyEntryIsAnError) {
  const auto some = kept("a.png\n");
  expect_error([&] { some->load(Split::kValidation); },
               "x: data.keep: none of the entries is in the validation split: " + file_.string() +
                   ": line 1: \"a.png\": no such example in the validation split; did you mean "
                   "d.png?");
}

TEST_F(KeepList, AMissingFileIsAnErrorOfTheKey) {
  const std::string message = error_of(
      [] { keep_only(std::make_unique<Letters>(true), "@no/such/list.txt", "x: data.keep"); });
  EXPECT_TRUE(message.starts_with("x: data.keep: no/such/list.txt: ")) << message;
}

}  // namespace
}  // namespace latent
