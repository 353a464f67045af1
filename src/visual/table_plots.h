// Rows of numbers as charts: points in a plane or a space, or a panel of lines for each row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "visual/look.h"

namespace latent::visual {

/// A set of rows.
struct Rows {
  std::string name;
  const char* colour;
  Tensor values;  // [N, D] float64 on the host
};

/// Pairs of points to be joined, and notes beside the first of each.
struct Joined {
  Rows from, to;
  std::vector<std::string> notes = {};  // as many as points, or none
};

/// Draws rows of up to three columns as points: one column over the row's number, two in a plane,
/// three in space. look.ranges: of the columns, if given.  sets: at least one, of the same columns;
/// pairs: none, or few.
void write_scatter(const std::filesystem::path& path, const std::vector<Rows>& sets,
                   const std::optional<Joined>& pairs, const Look& look);

/// The text above a panel.
struct Caption {
  std::string group, text;
};

/// Draws a panel for each row: its values over the columns' numbers, all to the same scale.
/// sets: drawn over each other.  panels: the row that each shows, negative for none; at least one
/// shows a row.  columns: of panels.  captions: of the rows, or none.
void write_panels(const std::filesystem::path& path, const std::vector<Rows>& sets,
                  const std::vector<int64_t>& panels, int64_t columns, const std::string& title,
                  const std::vector<Caption>& captions, const Look& look);

}  // namespace latent::visual
