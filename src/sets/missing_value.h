// The words that stand for a value that is not known.
#pragma once

#include <string_view>

namespace latent {

/// Whether a field of a table or a word of an array says that there is no value: blank, NaN, NA,
/// N/A, null or ?, in any case, with spaces around it.
bool is_missing(std::string_view word);

}  // namespace latent
