// Training on some of the examples only: a data set without the others.
#pragma once

#include <memory>
#include <string>

#include "config/section.h"
#include "data/dataset.h"

namespace latent {

/// Reads `keep` of section `data`: a rule, "@FILE", or "".
void read_keep(Section& data, std::string& keep);

/// Returns `all` with some of its training and validation examples only. The test split stays
/// whole: it shows what a model makes of examples unlike those it was trained on.
///
/// keep: a rule (data/selection/selection.h), or "@FILE", a list of examples
/// (data/selection/example_list.h). Names select from both splits; indices count within the
/// training split, and the validation split stays whole. key: where `keep` stands, for messages.
/// Throws Error if the list cannot be read. Loading throws Error as `match` does, if a split is
/// left empty, and for an entry that neither split has.
std::unique_ptr<Dataset> keep_only(std::unique_ptr<Dataset> all, const std::string& keep,
                                   const std::string& key);

}  // namespace latent
