// Rows of numbers as charts: points in a plane or a space, or a panel of lines for each row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/tensor.h"

namespace latent::visual {

/// Rows of one kind.
struct Rows {
  std::string name;
  const char* colour;
  Tensor values;  // [N, D] float64 on the host
};

/// Pairs of points to be joined, and a word beside the first of each.
struct Joined {
  Rows from, to;
  std::vector<std::string> notes = {};  // as many as points, or none
};

/// Rows of up to three columns as points: one column over the row's number, two as a plane, three
/// as a space.  sets: at least one, of the same columns; pairs: none, or few.
void write_scatter(const std::filesystem::path& path, const std::vector<Rows>& sets,
                   const std::optional<Joined>& pairs);

/// What stands above a panel.
struct Caption {
  std::string group, text;
};

/// A panel for each row, its values over the columns' numbers, all to the same scale.
/// sets: drawn over each other.  panels: the row that each shows, below 0 for none; at least one
/// shows a row.  columns: of panels.  captions: of the rows, or none.
void write_panels(const std::filesystem::path& path, const std::vector<Rows>& sets,
                  const std::vector<int64_t>& panels, int64_t columns, const std::string& title,
                  const std::vector<Caption>& captions);

}  // namespace latent::visual
