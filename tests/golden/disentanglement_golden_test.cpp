// The scores of disentanglement against NumPy's and scikit-learn's (make_disentanglement.py).
#include "format/safetensors.h"
#include "space/disentanglement/scores.h"
#include "statistics/boosted_trees.h"
#include "unit/expect.h"

namespace latent::space {
namespace {

constexpr double kExact = 1e-6;
constexpr double kFitted = 0.01;

/// One of the stored sets.
class GoldenSet {
 public:
  explicit GoldenSet(int number) : prefix_(std::to_string(number) + ".") {
    static const TensorFile file = read_tensors(std::filesystem::path(LATENT_TESTS_DIR) / "golden" /
                                                "disentanglement.safetensors");
    file_ = &file;
    input_.images = {get("codes").to(at::kDouble), get("factors").to(at::kLong),
                     get("factors").to(at::kDouble)};
    const int64_t count = input_.images.codes.size(0), learned = count * 2 / 3;
    input_.learned = part(0, learned);
    input_.tested = part(learned, count - learned);
    input_.pool = input_.images.codes;
    input_.draws = {.learned = draws("learned."), .tested = draws("tested.")};
  }

  const DisentanglementInput& input() const { return input_; }
  Tensor get(const std::string& name) const { return file_->tensors.at(prefix_ + name); }
  double number(const std::string& name) const { return get(name).item<double>(); }
  double score(const std::string& name, size_t figure = 0) const {
    return disentanglement_scores().find(name, "test").compute(input_).at(figure).value;
  }

 private:
  FactoredCodes part(int64_t first, int64_t count) const {
    const auto& [codes, factors, values] = input_.images;
    return {codes.narrow(0, first, count), factors.narrow(0, first, count),
            values.narrow(0, first, count)};
  }
  FixedFactorDraws::Set draws(const std::string& which) const {
    const auto rows = [&](const std::string& name) { return get(which + name).to(at::kLong); };
    return {rows("factor"), rows("rows"), rows("first"), rows("second")};
  }

  std::string prefix_;
  const TensorFile* file_;
  DisentanglementInput input_;
};

class DisentanglementGolden : public testing::TestWithParam<int> {};

TEST_P(DisentanglementGolden, ScoresWithoutPredictorsAgree) {
  const GoldenSet set(GetParam());
  for (const auto* name : {"mig", "sap", "modularity", "irs", "factorvae"})
    EXPECT_NEAR(set.score(name), set.number(name), kExact) << name;
}

TEST_P(DisentanglementGolden, VotesAndDifferencesAgree) {
  const GoldenSet set(GetParam());
  const auto& [learned, tested] = set.input().draws;
  const Tensor& codes = set.input().pool;
  const Tensor variance = codes.var(0, /*unbiased=*/true);
  expect_tensor_near(least_variance_votes(codes, learned.rows, variance), set.get("learned.votes"),
                     0);
  expect_tensor_near(least_variance_votes(codes, tested.rows, variance), set.get("tested.votes"),
                     0);
  const auto near = [&](const Tensor& got, const std::string& name) {
    expect_tensor_near(got, set.get(name), kExact * set.get(name).abs().clamp_min(1));
  };
  near(pair_differences(codes, learned.first, learned.second), "learned.differences");
  near(pair_differences(codes, tested.first, tested.second), "tested.differences");
}

TEST_P(DisentanglementGolden, FittedPredictorsAgree) {
  const GoldenSet set(GetParam());
  EXPECT_NEAR(set.score("sap_discrete"), set.number("sap_discrete"), kFitted);
  EXPECT_NEAR(set.score("betavae"), set.number("betavae"), 2 * kFitted);  // of 60 draws
  // Between what scikit-learn finds with eight seeds, which decide between equally good splits.
  size_t figure = 0;
  for (const std::string name : {"disentanglement", "completeness", "informativeness"}) {
    const double found = set.score("dci_gbt", figure++);
    EXPECT_GE(found, set.number(name + ".low") - kFitted) << name;
    EXPECT_LE(found, set.number(name + ".high") + kFitted) << name;
  }
}

TEST_P(DisentanglementGolden, ImportancesGiveTheSameDci) {
  const GoldenSet set(GetParam());
  const Dci found = dci_of(set.get("importances"));
  EXPECT_NEAR(found.disentanglement, set.number("disentanglement"), kExact);
  EXPECT_NEAR(found.completeness, set.number("completeness"), kExact);
}

INSTANTIATE_TEST_SUITE_P(Sets, DisentanglementGolden, testing::Range(0, 10));

}  // namespace
}  // namespace latent::space
