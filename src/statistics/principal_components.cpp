#include "statistics/principal_components.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace latent::statistics {
namespace {

constexpr int64_t kBatchValues = 4 << 20;  // of the rows held at once
constexpr int64_t kSpare = 10;             // directions beyond those asked for
constexpr int64_t kMaxPasses = 60;
constexpr double kSettled = 1e-5;
constexpr double kNoDirection = 1e-9;

/// Calls `work` with all rows, batch by batch, float64 on the CPU.
class Pieces {
 public:
  Pieces(const RowReader& read, int64_t rows, int64_t columns)
      : read_(read), rows_(rows), columns_(columns) {}

  template <class Work>
  void each(Work&& work) const {
    const int64_t batch = std::clamp<int64_t>(kBatchValues / columns_, 1, 4096);
    for (int64_t first = 0; first < rows_; first += batch) {
      const int64_t count = std::min(batch, rows_ - first);
      const Tensor piece = read_(first, count).to(at::kCPU, at::kDouble);
      expect_shape(piece, {count, columns_}, "rows for principal components");
      work(piece);
    }
  }

  int64_t rows() const { return rows_; }
  int64_t columns() const { return columns_; }

 private:
  const RowReader& read_;
  int64_t rows_, columns_;
};

// Makes the largest element positive, since the sign of an eigenvector is arbitrary.
Tensor with_signs(const Tensor& axes) {
  const Tensor largest = axes.gather(1, axes.abs().argmax(1, true));
  return at::where(largest < 0, -axes, axes).contiguous();
}

void fit_exactly(PrincipalComponents& found, const Pieces& pieces, int64_t k) {
  Tensor covariance = at::zeros({pieces.columns(), pieces.columns()}, at::kDouble);
  pieces.each([&](const Tensor& rows) {
    const Tensor centred = rows - found.mean;
    covariance.addmm_(centred.t(), centred);
  });
  covariance /= static_cast<double>(pieces.rows());
  const auto [values, vectors] = at::linalg_eigh(covariance);  // ascending
  found.axes = with_signs(vectors.t().flip(0).narrow(0, 0, k));
  found.variances = values.flip(0).narrow(0, 0, k).clamp_min(0).contiguous();
}

// Repeatedly multiplies a basis by the covariance and orthonormalises it.
void fit_by_iteration(PrincipalComponents& found, const Pieces& pieces, int64_t k,
                      at::Generator noise) {
  const int64_t width = std::min(k + kSpare, std::min(pieces.columns(), pieces.rows()));
  Tensor basis = at::empty({pieces.columns(), width}, at::kDouble).normal_(0, 1, noise);
  basis = std::get<0>(at::linalg_qr(basis));
  Tensor before;
  for (int64_t pass = 0; pass < kMaxPasses; ++pass) {
    Tensor moved = at::zeros_like(basis);  // [D, width]
    pieces.each([&](const Tensor& rows) {
      const Tensor centred = rows - found.mean;
      moved.addmm_(centred.t(), centred.mm(basis));
    });
    moved /= static_cast<double>(pieces.rows());
    // Rayleigh-Ritz: the best variances and axes within the basis.
    const Tensor inner = basis.t().mm(moved);
    const auto [values, vectors] = at::linalg_eigh((inner + inner.t()) / 2);
    found.axes = basis.mm(vectors).t().flip(0).narrow(0, 0, k);
    found.variances = values.flip(0).narrow(0, 0, k).clamp_min(0).contiguous();
    basis = std::get<0>(at::linalg_qr(moved));
    const bool still =
        before.defined() &&
        (found.variances - before).abs().le(kSettled * before + 1e-300).all().item<bool>();
    if (still) break;
    before = found.variances;
  }
  found.axes = with_signs(found.axes);
  found.exact = false;
}

// Returns an orthonormal basis of the span of the columns. QR would invent directions if the
// columns are linearly dependent.
Tensor orthonormal(const Tensor& columns) {
  const auto [u, s, v] = at::linalg_svd(columns.to(at::kDouble), /*full_matrices=*/false);
  return u.index({at::indexing::Slice(), s > kNoDirection * s.max()});
}

}  // namespace

double PrincipalComponents::explained() const {
  return total_variance > 0 ? variances.sum().item<double>() / total_variance : 1;
}

Tensor PrincipalComponents::project(const Tensor& x) const {
  return (x.to(at::kCPU, at::kDouble) - mean).mm(axes.t());
}

Tensor PrincipalComponents::restore(const Tensor& coordinates) const {
  return at::addmm(mean, coordinates.to(at::kDouble), axes);
}

int64_t component_count(int64_t rows, int64_t columns, int64_t k) {
  return std::min({k, columns, std::max<int64_t>(1, rows - 1)});
}

PrincipalComponents fit_components(const RowReader& read, int64_t rows, int64_t columns, int64_t k,
                                   at::Generator noise, int64_t most_columns) {
  TORCH_CHECK(rows > 0 && columns > 0 && k > 0, "principal components of ", rows, " x ", columns);
  const Pieces pieces(read, rows, columns);
  PrincipalComponents found;
  found.mean = at::zeros({columns}, at::kDouble);
  pieces.each([&](const Tensor& piece) { found.mean += piece.sum(0); });
  found.mean /= static_cast<double>(rows);
  double squares = 0;
  pieces.each(
      [&](const Tensor& piece) { squares += at::square(piece - found.mean).sum().item<double>(); });
  found.total_variance = squares / static_cast<double>(rows);
  const int64_t count = component_count(rows, columns, k);
  if (columns <= most_columns) {
    fit_exactly(found, pieces, count);
  } else {
    fit_by_iteration(found, pieces, count, std::move(noise));
  }
  return found;
}

Tensor subspace_cosines(const Tensor& a, const Tensor& b) {
  expect_shape(b, {a.size(0), -1}, "subspaces");
  return at::linalg_svdvals(orthonormal(a).t().mm(orthonormal(b))).clamp(0, 1);
}

double subspace_overlap(const Tensor& cosines, int64_t k) {
  return at::square(cosines).sum().item<double>() / static_cast<double>(k);
}

}  // namespace latent::statistics
