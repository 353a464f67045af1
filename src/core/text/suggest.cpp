#include "core/text/suggest.h"

#include <algorithm>
#include <numeric>

namespace latent {
namespace {

constexpr size_t kMaxNamed = 40;
constexpr size_t kShortestBeginning = 3;  // of a word that is the beginning of another

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<int> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(last);
    last.swap(row);
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  int best_distance = static_cast<int>(std::max<size_t>(1, word.size() / 3)) + 1;
  for (const auto& candidate : candidates) {
    const bool begun = word.size() >= kShortestBeginning && candidate.starts_with(word);
    const int distance = begun ? 1 : edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::vector<std::string> candidates) {
  std::sort(candidates.begin(), candidates.end());
  const std::string guess = nearest(word, candidates);
  return (guess.empty() ? "" : "did you mean " + guess + "? ") + known(std::move(candidates));
}

std::string known(std::vector<std::string> candidates) {
  std::sort(candidates.begin(), candidates.end());
  const size_t more = candidates.size() - std::min(candidates.size(), kMaxNamed);
  candidates.resize(candidates.size() - more);
  return "known: " + join(candidates) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

std::string counted(int64_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

}  // namespace latent
