// What the unit tests share: tensors compared with a useful message, exact error messages,
// temporary folders, real data.
#pragma once

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

#include "core/error.h"

namespace latent {

namespace detail {

/// "[1, 0, 3]": where a flat index lies in a tensor of these sizes.
inline std::string index_text(int64_t flat, c10::IntArrayRef sizes) {
  std::string text;
  for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {
    text = std::to_string(flat % *size) + (text.empty() ? "" : ", ") + text;
    flat /= *size;
  }
  return "[" + text + "]";
}

}  // namespace detail

/// Half the distance from 1 to the next float: a rounding moves a result by at most this share.
inline constexpr double kRounding = std::numeric_limits<float>::epsilon() / 2;

/// How far float32 may be from a sum, in whatever order a processor adds: `terms` is the sum over
/// the absolute values of its `count` terms. An addition is off by at most half the distance of two
/// floats, up or down, so the errors of many grow as the square root of their number.
inline double rounding(double terms, double count) {
  return terms * std::sqrt(count) * 2 * kRounding;
}
inline torch::Tensor rounding(const torch::Tensor& terms, const torch::Tensor& count) {
  return terms.detach().to(at::kCPU, at::kDouble) * count.to(at::kDouble).sqrt() * 2 * kRounding;
}
inline torch::Tensor rounding(const torch::Tensor& terms, double count) {
  return rounding(terms, torch::tensor(count, at::kDouble));
}

/// Passes if both have the same shape and every |got - want| <= tolerance, which is one for all or
/// each value's own; NaN equals NaN only. The types may differ. A failure names the shapes, the
/// first bad index with both values, how many are bad, and the largest difference.
inline testing::AssertionResult tensors_near(const torch::Tensor& got, const torch::Tensor& want,
                                             const torch::Tensor& tolerance) {
  std::ostringstream text;
  if (!got.defined() || !want.defined()) {
    text << (got.defined() ? "the wanted" : "the found") << " tensor is undefined";
    return testing::AssertionFailure() << text.str();
  }
  if (got.sizes() != want.sizes()) {
    text << "got shape " << got.sizes() << ", want " << want.sizes();
    return testing::AssertionFailure() << text.str();
  }
  const auto a = got.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto b = want.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto difference = (a - b).abs();
  const auto equal = a.eq(b).logical_or(a.isnan().logical_and(b.isnan()));  // eq: infinities
  const auto allowed = tolerance.detach().to(at::kCPU, at::kDouble).expand(a.sizes()).contiguous();
  const auto bad = difference.le(allowed).logical_or(equal).logical_not().flatten();
  const int64_t count = bad.sum().item<int64_t>();
  if (count == 0) return testing::AssertionSuccess();
  const int64_t first = bad.to(at::kByte).argmax().item<int64_t>();
  text.precision(9);
  text << "shape " << got.sizes() << ": " << count << " of " << a.numel()
       << " values differ by more than " << allowed.flatten()[first].item<double>() << "; first at "
       << detail::index_text(first, a.sizes()) << ": got " << a.flatten()[first].item<double>()
       << ", want " << b.flatten()[first].item<double>() << "; largest difference "
       << difference.nan_to_num(std::numeric_limits<double>::infinity()).max().item<double>();
  return testing::AssertionFailure() << text.str();
}

inline testing::AssertionResult tensors_near(const torch::Tensor& got, const torch::Tensor& want,
                                             double tolerance) {
  return tensors_near(got, want, at::full({}, tolerance, at::kDouble));
}

/// tolerance: a number, or a tensor with each value's own.
template <class Tolerance>
void expect_tensor_near(const torch::Tensor& got, const torch::Tensor& want,
                        const Tolerance& tolerance) {
  EXPECT_TRUE(tensors_near(got, want, tolerance));
}

/// Runs `call` and compares the whole message of the Error it must throw.
template <class Call>
void expect_error(Call&& call, const std::string& message) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), message);
    return;
  } catch (const std::exception& other) {
    ADD_FAILURE() << "threw something other than Error: " << other.what();
    return;
  }
  ADD_FAILURE() << "threw nothing; expected the Error: " << message;
}

/// A fresh folder, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "latent-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("cannot make a temporary folder " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// $LATENT_DATA/<folder> if it is there, else "". Without it a developer's test is skipped aloud;
/// under CI it fails.
inline std::filesystem::path real_data(const std::string& folder) {
  const char* root = std::getenv("LATENT_DATA");
  if (root == nullptr || *root == '\0') return {};
  const auto path = std::filesystem::path(root) / folder;
  return std::filesystem::exists(path) ? path : std::filesystem::path{};
}

inline bool real_data_required() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && *ci != '\0' && std::string(ci) != "0" && std::string(ci) != "false";
}

}  // namespace latent

/// Declares `folder_path`, or ends the test: skipped aloud, or failed where CI is set.
#define LATENT_REAL_DATA(folder_path, folder)                                              \
  const std::filesystem::path folder_path = ::latent::real_data(folder);                   \
  if (folder_path.empty()) {                                                               \
    if (::latent::real_data_required())                                                    \
      FAIL() << "CI is set, but $LATENT_DATA/" << (folder) << " is missing";               \
    GTEST_SKIP() << "NOT TESTED ON REAL DATA: $LATENT_DATA/" << (folder) << " is missing"; \
  }                                                                                        \
  static_assert(true)
