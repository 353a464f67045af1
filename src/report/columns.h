// Names and attributes of examples as the columns of a table file.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "format/table.h"

namespace latent {

/// Returns the class of each example as a word, "" if it is unknown.
std::vector<std::string> words_of(const Attribute& attribute);

/// Returns a column "name" and one for each attribute: words for classes, else numbers.
std::vector<Column> known_columns(const std::vector<std::string>& names,
                                  const std::vector<Attribute>& attributes);

}  // namespace latent
