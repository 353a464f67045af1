#include "core/text/split.h"

#include <sstream>

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

void add_line(std::string& lines, const std::string& line) {
  if (!lines.empty() && !line.empty()) lines += "\n";
  lines += line;
}

}  // namespace latent
