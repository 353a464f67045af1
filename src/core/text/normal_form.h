// One spelling for names that people read as the same.
#pragma once

#include <string>

namespace latent {

/// Returns UTF-8 text in lower case with its letters decomposed into a base and its marks, so that
/// "Blåbær" as composed by most programs and as decomposed by macOS become equal.
///
/// Known are the letters of the Latin, Greek and Cyrillic alphabets, kana and Korean syllables; all
/// else stays, malformed bytes too. Marks are not sorted: text that has several marks on one letter
/// in an unusual order stays different.
std::string folded(const std::string& text);

}  // namespace latent
