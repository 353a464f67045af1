#include "sets/missing_value.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace latent {

bool is_missing(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords{"nan", "na", "n/a", "null", "?"};
  const size_t first = word.find_first_not_of(" \t");
  if (first == std::string_view::npos) return true;
  word = word.substr(first, word.find_last_not_of(" \t") + 1 - first);
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view known) {
    return std::equal(word.begin(), word.end(), known.begin(), known.end(), [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == b;
    });
  });
}

}  // namespace latent
