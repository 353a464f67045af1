#include "core/text/wrap.h"

#include <algorithm>

#include "core/text/utf8.h"

namespace latent {

std::string wrapped(const std::string& text, size_t columns, size_t indent, size_t first) {
  std::string result;
  size_t used = first;
  bool begun = false;  // whether the line has a word
  const auto next_line = [&] {
    while (result.ends_with(' '))
      result.pop_back();
    result += '\n';
    result.append(indent, ' ');
    used = indent;
    begun = false;
  };
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      next_line();
      ++at;
    } else if (text[at] == ' ') {
      ++at;
    } else {
      const size_t end = std::min(text.find_first_of(" \n", at), text.size());
      const std::string word = text.substr(at, end - at);
      const size_t width = display_width(word);
      if (begun && columns > 0 && used + 1 + width > columns) next_line();
      if (begun) result += " ";
      used += width + (begun ? 1 : 0);
      result += word;
      begun = true;
      at = end;
    }
  }
  return result;
}

std::string wrapped(const std::string& text, size_t columns, size_t indent) {
  return std::string(indent, ' ') + wrapped(text, columns, indent, indent);
}

}  // namespace latent
