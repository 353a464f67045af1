// Splits, trims and rewrites text.
#pragma once

#include <string>
#include <vector>

namespace latent {

/// Returns "a" and "b" for "a,b". A comma at the end adds no empty part.
std::vector<std::string> split_at_commas(const std::string& text);

/// Returns the text without spaces, tabs and carriage returns at either end.
std::string trimmed(const std::string& text);

/// Returns the text with its ASCII letters in lower case.
std::string lower_case(std::string text);

/// Returns the text as a part of a file's name, of at most 80 bytes: "label=owl" stays,
/// "!a b/c" becomes "not-a-b-c". Letters outside ASCII stay.
std::string in_file_name(const std::string& text);

/// Returns the text before its first line break. LibTorch's messages go on with a stack trace.
std::string first_line(const std::string& text);

/// Appends `line` as a line of its own, unless it is empty.
void add_line(std::string& lines, const std::string& line);

}  // namespace latent
