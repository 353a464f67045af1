// Training on some of the examples only: a data set without the others.
#pragma once

#include <memory>
#include <string>

#include "config/section.h"
#include "data/dataset.h"

namespace latent {

/// Reads `keep` of section `data`: a rule, or "".
void read_keep(Section& data, std::string& rule);

/// `all` with only those training and validation examples that `rule` holds for (data/rule.h). The
/// test split stays whole: it is there to see what a model makes of examples it never saw.
///
/// key: where the rule stands, for messages.  Loading throws Error as `match` does, and if nothing
/// is kept.
std::unique_ptr<Dataset> keep_only(std::unique_ptr<Dataset> all, const std::string& rule,
                                   const std::string& key);

}  // namespace latent
