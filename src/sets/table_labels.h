// The label column of a table: words and numbers as an attribute.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

class TableLabels {
 public:
  /// all: the labels of every file of the set, so that equal labels get equal values. Words become
  /// sorted classes, as do numbers that name classes; other numbers are unchanged. Missing words
  /// are unknown.
  TableLabels(std::string name, const std::vector<std::string>& all);

  /// labels: N of the labels given to the constructor.
  Attribute attribute(const std::vector<std::string>& labels) const;

 private:
  std::string name_;
  std::vector<std::string> classes_;       // empty: numbers
  std::map<std::string, double> indices_;  // of the classes
};

}  // namespace latent
