// A family of things that are chosen by name: a table with a row for each.
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
/// A table rather than static registrars, which the linker would drop from a static library.
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

  /// Returns a line "name: summary" for each row, each after a line break, for help texts.
  std::string summaries() const {
    std::string text;
    for (const auto& row : rows_)
      text += "\n" + row.name + ": " + row.summary;
    return text;
  }

  /// Returns the row called `name`. Throws `Mistake` (UsageError for a name from the command line)
  /// with the nearest known name; where: how the message begins, such as a config key.
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
