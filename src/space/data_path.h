// Paths that stay near data: over the nearest neighbours among known points.
#pragma once

#include <cstdint>
#include <vector>

#include "core/tensor.h"

namespace latent::space {

/// A graph that joins each point with its nearest neighbours.
class DataGraph {
 public:
  /// known: [N, Z], N > k. k >= 1: the neighbours of each point; a link goes both ways.
  DataGraph(const Tensor& known, int64_t k);

  /// Returns the points of the shortest path from one to another, both included. A link costs the
  /// square of its length, so that a path of many short links is preferred to a jump over a gap.
  /// Where no path leads there, returns the two ends alone.  Source: Dijkstra 1959; the graph as
  /// for Isomap, Tenenbaum et al. 2000.
  std::vector<int64_t> shortest_path(int64_t from, int64_t to) const;

 private:
  struct Link {
    int64_t to;
    double cost;
  };
  std::vector<std::vector<Link>> links_;
};

/// Returns points at equal distances along the line through `points` in turn, both ends included.
/// points: [M, Z], M >= 2.  steps >= 2.  Returns [steps, Z] float32.
Tensor evenly_along(const Tensor& points, int64_t steps);

}  // namespace latent::space
