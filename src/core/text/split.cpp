#include "core/text/split.h"

#include <cctype>
#include <sstream>
#include <string_view>

namespace latent {

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');)
    parts.push_back(part);
  return parts;
}

std::string trimmed(const std::string& text) {
  const char* const blank = " \t\r";
  const size_t first = text.find_first_not_of(blank);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower_case(std::string text) {
  for (char& letter : text)
    letter = 'A' <= letter && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return text;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string in_file_name(const std::string& text) {
  constexpr size_t kLongest = 80;
  constexpr std::string_view kAllowed = "=,._";
  std::string name = text.starts_with("!") ? "not-" + text.substr(1) : text;
  for (char& letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool stays =
        byte >= 0x80 || std::isalnum(byte) != 0 || kAllowed.find(letter) != std::string_view::npos;
    if (!stays) letter = '-';
  }
  if (name.size() <= kLongest) return name;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80)
    --end;  // not within a letter
  return name.substr(0, end);
}

void add_line(std::string& lines, const std::string& line) {
  if (!lines.empty() && !line.empty()) lines += "\n";
  lines += line;
}

}  // namespace latent
