#include "core/world.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <exception>

#include "core/error.h"

namespace latent {
namespace {

class Alone : public World {
 public:
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 1; }
  void sum(Tensor) const override {}
  bool any(bool mine) const override { return mine; }
};

}  // namespace

double World::of_leader(double mine) const {
  if (is_alone()) return mine;
  const Tensor value = at::full({}, leads() ? mine : 0.0, at::kDouble);
  sum(value);
  return value.item<double>();
}

std::vector<std::string> World::gather(const std::string& mine) const {
  if (is_alone()) return {mine};
  const Tensor sizes = at::zeros({size()}, at::kLong);
  sizes[rank()].fill_(static_cast<int64_t>(mine.size()));
  sum(sizes);
  // One row each: only one process adds something else than zeros to it.
  const auto longest = std::max<int64_t>(1, sizes.max().item<int64_t>());
  const Tensor bytes = at::zeros({size(), longest}, at::kByte);
  std::memcpy(bytes[rank()].data_ptr(), mine.data(), mine.size());
  sum(bytes);
  std::vector<std::string> texts;
  for (int64_t i = 0; i < size(); ++i) {
    texts.emplace_back(static_cast<const char*>(bytes[i].const_data_ptr()),
                       static_cast<size_t>(sizes[i].item<int64_t>()));
  }
  return texts;
}

void World::lead(const std::function<void()>& work) const {
  std::exception_ptr failure;
  if (leads()) {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  const bool failed = any(failure != nullptr);
  if (failure) std::rethrow_exception(failure);
  if (failed) throw Error("the process that leads the training failed; see its message");
}

const World& alone() {
  static const Alone world;
  return world;
}

}  // namespace latent
