#include "core/world.h"

#include <ATen/ATen.h>

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
