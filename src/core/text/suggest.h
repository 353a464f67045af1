// The nearest known word for a misspelt one, for messages that help.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latent {

/// Returns how many letters must be added, removed or replaced, or neighbours swapped, to turn one
/// word into the other (the optimal string alignment distance).
int edit_distance(std::string_view a, std::string_view b);

/// Returns the candidate nearest to `word`, or "" if none is near enough: at most a third of the
/// word's letters differ, or one letter of a short word, or the word is the candidate's beginning.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// Returns "did you mean weight? known: capacity, warmup_epochs, weight", see `known`.
std::string did_you_mean(std::string_view word, std::vector<std::string> candidates);

/// Returns "known: capacity, warmup_epochs, weight", sorted, only the first 40 named.
std::string known(std::vector<std::string> candidates);

/// Returns "1 image" or "3 images".
std::string counted(int64_t count, const std::string& noun);

/// Joins words: "a, b, c".
std::string join(const std::vector<std::string>& words, std::string_view separator = ", ");

}  // namespace latent
