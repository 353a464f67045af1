#include "core/tensor.h"

#include <algorithm>
#include <vector>

namespace latent {

void expect_shape(const Tensor& x, std::initializer_list<int64_t> sizes, std::string_view what) {
  const std::vector<int64_t> want(sizes);
  const bool fits =
      x.dim() == static_cast<int64_t>(want.size()) &&
      std::equal(want.begin(), want.end(), x.sizes().begin(),
                 [](int64_t expected, int64_t got) { return expected == -1 || expected == got; });
  TORCH_CHECK(fits, what, ": got shape ", x.sizes(), ", expected ", c10::IntArrayRef(want));
}

}  // namespace latent
