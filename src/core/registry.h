// A family of things chosen by name in a config: one table, one row a thing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/text/suggest.h"

namespace latent {

/// An explicit table of named rows; `Row` has at least `name` and `summary` (one line for `latent
/// list`).
///
/// Static registrars would be dropped by the linker from a static library, hence the table.
template <class Row>
class Registry {
 public:
  Registry(std::string family, std::vector<Row> rows)
      : family_(std::move(family)), rows_(std::move(rows)) {}

  const std::string& family() const { return family_; }
  const std::vector<Row>& rows() const { return rows_; }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& row : rows_)
      all.push_back(row.name);
    return all;
  }

  /// The row called `name`. Throws Error at `where` (a config key, say) with the nearest known
  /// name; UsageError where the name stood on the command line.
  template <class Mistake = Error>
  const Row& find(const std::string& name, const std::string& where) const {
    for (const auto& row : rows_) {
      if (row.name == name) return row;
    }
    throw Mistake(where + ": unknown " + family_ + " \"" + name + "\"; " +
                  did_you_mean(name, names()));
  }

 private:
  std::string family_;
  std::vector<Row> rows_;
};

}  // namespace latent
