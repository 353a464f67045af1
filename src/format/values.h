// What the words of a text table mean: numbers, classes, yes and no, values that are not known.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace latent {

/// Parses a number with optional spaces around it; returns nothing if it is not a finite number.
std::optional<double> parse_number(std::string_view text);

/// Returns the classes that the distinct words of a column name, in order; empty if the words are
/// numbers that are amounts. Numbers name classes, ordered by value, if they are whole, there are 2
/// to 30 of them, and they are not just 0 and 1 or -1 and 1, which mean no and yes.
std::vector<std::string> class_names(const std::set<std::string>& words);

/// Returns the words by which people mark a value that they do not know, in lower case: "", "nan",
/// "na", "n/a", "null", "none" and "?".
const std::vector<std::string>& unknown_words();

/// Returns whether the word is one of `unknown`, which are in lower case; its own case and angle
/// brackets or "#" around it ("<NA>", "#N/A") do not matter.
bool is_unknown(const std::string& word, const std::vector<std::string>& unknown);

/// Returns true for yes, true, t and y, false for no, false, f and n, in any case; else nothing.
std::optional<bool> yes_or_no(const std::string& word);

/// Returns whether the words are true and false, yes and no, t and f, or y and n, in any case. One
/// of the two is enough if it is longer than a letter.
bool are_yes_or_no(const std::set<std::string>& words);

}  // namespace latent
