#include "core/together.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

namespace latent {
namespace {

thread_local const Together* together_now = nullptr;

// Rows that stay zero in the other processes, added up. The gradient of a row adds up likewise:
// each process has computed something of it.
struct RowsOfAll : torch::autograd::Function<RowsOfAll> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x,
                        const Together* together) {
    std::vector<int64_t> sizes = x.sizes().vec();
    context->saved_data["first"] = together->first();
    context->saved_data["count"] = sizes[0];
    // The world outlives the step; an autograd context keeps numbers, not pointers.
    context->saved_data["world"] = reinterpret_cast<int64_t>(&together->world());
    sizes[0] = together->total();
    Tensor rows = at::zeros(sizes, x.options());
    rows.narrow(0, together->first(), x.size(0)).copy_(x);
    together->world().sum(rows);
    return rows;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto* world = reinterpret_cast<const World*>(context->saved_data["world"].toInt());
    const Tensor all = gradients[0].contiguous().clone();
    world->sum(all);
    return {
        all.narrow(0, context->saved_data["first"].toInt(), context->saved_data["count"].toInt()),
        Tensor()};
  }
};

}  // namespace

Together::Together(const World& world, std::vector<int64_t> counts, int64_t place)
    : world_(world), counts_(std::move(counts)), place_(place), before_(together_now) {
  TORCH_CHECK(static_cast<int64_t>(counts_.size()) == world.size(), "a part for each process");
  for (size_t i = 0; i < counts_.size(); ++i) {
    TORCH_CHECK(counts_[i] > 0, "a part without images");
    total_ += counts_[i];
    if (static_cast<int64_t>(i) < world.rank()) first_ += counts_[i];
  }
  together_now = this;
}

Together::~Together() { together_now = before_; }

const Together* Together::now() { return together_now; }

Tensor rows_of_all(const Tensor& x) {
  const Together* together = Together::now();
  return together == nullptr ? x : RowsOfAll::apply(x, together);
}

void sum_of_all(const Tensor& values) {
  if (const Together* together = Together::now()) together->world().sum(values);
}

Tensor rows_at(const Tensor& x, const Tensor& places) {
  const at::NoGradGuard no_grad;
  const Together* together = Together::now();
  if (together == nullptr) return x.index_select(0, places);
  const int64_t rank = together->world().rank();
  const int64_t each = x.size(0) / together->counts()[static_cast<size_t>(rank)];
  const Tensor own = places - together->first() * each;
  const Tensor elsewhere = own.lt(0).logical_or(own.ge(x.size(0)));
  const Tensor rows = x.index_select(0, own.clamp(0, x.size(0) - 1));
  // Rows of other processes stay zero, whatever they hold: a product with 0 would keep a NaN.
  rows.masked_fill_(elsewhere.unsqueeze(1), 0);
  together->world().sum(rows);
  return rows;
}

Tensor mean_of_all(const Tensor& x) {
  const Together* together = Together::now();
  if (together == nullptr) return x.detach().mean();
  const at::NoGradGuard no_grad;
  const Tensor sum = x.sum(at::kDouble);
  const Tensor parts = at::stack({sum, at::full_like(sum, static_cast<double>(x.numel()))});
  together->world().sum(parts);
  return (parts[0] / parts[1]).to(x.scalar_type());
}

}  // namespace latent
