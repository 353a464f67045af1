// A run of three examples and two latents that the tests of the page's requests ask instead of a
// trained one.
#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "explore/explorer.h"

namespace latent::explore {

class FakeExplorer : public Explorer {
 public:
  int64_t examples() const override { return 3; }
  int64_t latents() const override { return 2; }

  Json info() override { return {{"run", "fake"}}; }
  std::vector<std::string> names() override { return {"a.png", "<b>.png", "\xff.png"}; }
  Frame points(const Axes& axes) override {
    asked = axes.components ? "components" : std::to_string(axes.x) + "," + std::to_string(axes.y);
    return {.head = {{"axes", {"z0", "z1"}}}, .bytes = "12345678"};
  }
  Frame values(const std::string& by) override {
    if (by != "label") throw Error("by: expected label");
    return {.head = {{"done", 3}}, .bytes = {}};
  }
  Frame decode(const Tensor& z, const Told& told) override {
    seen = z;
    asked = told.words + "/" + std::to_string(told.like);
    check(z);
    return {.head = {{"count", z.size(0)}}, .bytes = "abc"};
  }
  Frame pictures(const ExamplesRequest& request) override {
    for (const int64_t index : request.indices)
      if (index < 0 || index >= examples()) std::abort();
    return {.head = {{"count", request.indices.size()}, {"noise", request.noise}}, .bytes = {}};
  }
  Json attributes() override { return Json::array(); }
  Json direction(const DirectionRequest& request) override {
    return {{"attribute", request.attribute}, {"others", request.orthogonal_to.size()}};
  }
  Frame morph(const MorphRequest& request) override {
    check(request.points);
    asked = std::to_string(static_cast<int>(request.path)) + "," + std::to_string(request.steps);
    return {.head = {{"count", request.points.size(0)}}, .bytes = {}};
  }
  std::string morph_gif(const MorphRequest& request) override {
    check(request.points);
    return "GIF89a";
  }
  Json random(double temperature, uint64_t seed) override {
    return {{"temperature", temperature}, {"seed", seed}};
  }
  Json neighbours(const Tensor& z, int64_t count) override {
    check(z);
    return {{"count", count}};
  }
  Frame encode(const std::string& file) override {
    if (file.empty()) throw std::runtime_error("broken inside");
    return {.head = {{"bytes", file.size()}}, .bytes = {}};
  }

  std::string asked;  // by the last request
  Tensor seen;

 private:
  void check(const Tensor& z) const {
    if (z.dim() != 2 || z.size(1) != latents() || !at::isfinite(z).all().item<bool>()) std::abort();
  }
};

}  // namespace latent::explore
