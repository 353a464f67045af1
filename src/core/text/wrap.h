// Text in lines of limited width.
#pragma once

#include <cstddef>
#include <string>

namespace latent {

/// Breaks `text` between words so that no line has more than `columns` characters, but for words
/// that are longer. Its own line breaks stay. indent: spaces before each line but the first; the
/// first has `first` characters before it already. columns: 0 for no limit, with only the text's
/// own breaks. The text ends without a line break.
std::string wrapped(const std::string& text, size_t columns, size_t indent, size_t first);

/// As above, where the first line begins at the indent too.
std::string wrapped(const std::string& text, size_t columns, size_t indent);

}  // namespace latent
