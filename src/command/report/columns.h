// What is known about examples as the columns of a table file.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "format/table.h"

namespace latent {

/// The classes' words of each example, "" where it has none.
std::vector<std::string> words_of(const Attribute& attribute);

/// A column "name", and one for each attribute: words for classes, else numbers.
std::vector<Column> known_columns(const std::vector<std::string>& names,
                                  const std::vector<Attribute>& attributes);

}  // namespace latent
