#include "space/data_path.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

#include "statistics/neighbours.h"

namespace latent::space {

DataGraph::DataGraph(const Tensor& known, int64_t k) : links_(static_cast<size_t>(known.size(0))) {
  // The nearest of all is the point itself, or another at the same place.
  const Tensor found = statistics::nearest_neighbours(known, known, k + 1);
  for (const Tensor& each : found.unbind(1)) {
    const Tensor cost = (known - known.index_select(0, each)).to(at::kDouble).square().sum(1);
    const Tensor neighbour = each.contiguous();
    for (int64_t from = 0; from < known.size(0); ++from) {
      const int64_t to = neighbour.const_data_ptr<int64_t>()[from];
      if (to == from) continue;
      const double length = cost.const_data_ptr<double>()[from];
      links_[static_cast<size_t>(from)].push_back({to, length});
      links_[static_cast<size_t>(to)].push_back({from, length});
    }
  }
}

std::vector<int64_t> DataGraph::shortest_path(int64_t from, int64_t to) const {
  using Reached = std::pair<double, int64_t>;
  std::vector<double> cost(links_.size(), std::numeric_limits<double>::infinity());
  std::vector<int64_t> before(links_.size(), -1);
  std::priority_queue<Reached, std::vector<Reached>, std::greater<>> next;
  cost[static_cast<size_t>(from)] = 0;
  next.emplace(0, from);
  while (!next.empty()) {
    const auto [so_far, here] = next.top();
    next.pop();
    if (here == to) break;
    if (so_far > cost[static_cast<size_t>(here)]) continue;
    for (const Link& link : links_[static_cast<size_t>(here)]) {
      const double total = so_far + link.cost;
      if (total >= cost[static_cast<size_t>(link.to)]) continue;
      cost[static_cast<size_t>(link.to)] = total;
      before[static_cast<size_t>(link.to)] = here;
      next.emplace(total, link.to);
    }
  }
  if (from != to && before[static_cast<size_t>(to)] < 0) return {from, to};
  std::vector<int64_t> path{to};
  while (path.back() != from)
    path.push_back(before[static_cast<size_t>(path.back())]);
  std::reverse(path.begin(), path.end());
  return path;
}

Tensor evenly_along(const Tensor& points, int64_t steps) {
  expect_shape(points, {-1, -1}, "points of a path");
  const Tensor at_points = points.to(at::kDouble);
  if (points.size(0) < 2) return points.expand({steps, -1}).to(at::kFloat);
  const Tensor lengths = (at_points.slice(0, 1) - at_points.slice(0, 0, -1)).norm(2, 1);
  const Tensor reached = at::cat({at::zeros({1}, at::kDouble), lengths.cumsum(0)});
  const Tensor wanted = at::linspace(0, 1, steps, at::kDouble) * reached[-1];
  const Tensor segment =
      (at::searchsorted(reached, wanted, false, true) - 1).clamp(0, points.size(0) - 2);
  const Tensor start = reached.index_select(0, segment);
  const Tensor length = lengths.index_select(0, segment).clamp_min(1e-300);
  const Tensor share = ((wanted - start) / length).clamp(0, 1).unsqueeze(1);
  const Tensor a = at_points.index_select(0, segment), b = at_points.index_select(0, segment + 1);
  Tensor path = (a + share * (b - a)).to(at::kFloat);
  path[0] = points[0];
  path[-1] = points[-1];
  return path;
}

}  // namespace latent::space
