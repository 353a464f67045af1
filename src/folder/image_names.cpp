#include "folder/image_names.h"

#include <algorithm>
#include <cctype>
#include <functional>

#include "core/text/normal_form.h"

namespace latent {
namespace {

uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

// "C:\imgs\.\a.png" becomes "imgs/a.png".
std::string as_path(std::string written) {
  std::replace(written.begin(), written.end(), '\\', '/');
  std::vector<std::string> parts;
  for (size_t first = 0; first <= written.size();) {
    const size_t end = std::min(written.find('/', first), written.size());
    const std::string part = written.substr(first, end - first);
    const bool drive = parts.empty() && part.size() == 2 && part[1] == ':' &&
                       std::isalpha(static_cast<unsigned char>(part[0])) != 0;
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != ".." && !drive) parts.push_back(part);
    first = end + 1;
  }
  std::string path;
  for (const auto& part : parts)
    path += (path.empty() ? "" : "/") + part;
  return path;
}

std::string without_ending(const std::string& name) {
  const size_t last = name.rfind('/') + 1;  // 0 without a slash
  const size_t dot = name.rfind('.');
  return dot == std::string::npos || dot <= last ? name : name.substr(0, dot);
}

bool ends_in(std::string_view path, std::string_view ending) {
  if (!path.ends_with(ending)) return false;
  const size_t more = path.size() - ending.size();
  return more == 0 || path[more - 1] == '/';
}

// Calls visit(ending) for a path and each of its endings that begins after a slash, the longest
// first, until it returns true.
template <class Visit>
void each_ending(std::string_view path, Visit&& visit) {
  for (size_t first = 0; !visit(path.substr(first));) {
    const size_t slash = path.find('/', first);
    if (slash == std::string_view::npos) return;
    first = slash + 1;
  }
}

}  // namespace

ImageNames::ImageNames(const std::vector<std::string>& names) : names_(names) {}

std::string ImageNames::spelled(const std::string& name, Spelling spelling) const {
  if (spelling == Spelling::kExact) return name;
  return folded(spelling == Spelling::kFolded ? name : without_ending(name));
}

const std::vector<ImageNames::Entry>& ImageNames::entries(Spelling spelling) const {
  auto& made = entries_[static_cast<size_t>(spelling)];
  if (!made.empty()) return made;
  for (size_t i = 0; i < names_.size(); ++i) {
    const std::string path = spelled(names_[i], spelling);
    each_ending(path, [&](std::string_view ending) {
      made.push_back({hash_of(ending), ending.size() < path.size(), static_cast<uint32_t>(i)});
      return false;
    });
  }
  std::sort(made.begin(), made.end());
  return made;
}

ImageNames::Found ImageNames::ending_in(std::string_view ending, bool whole,
                                        Spelling spelling) const {
  const auto& all = entries(spelling);
  const Entry wanted{hash_of(ending), false, 0};
  Found found;
  for (auto entry = std::lower_bound(all.begin(), all.end(), wanted);
       entry != all.end() && entry->hash == wanted.hash && found.outcome != Outcome::kSeveral;
       ++entry) {
    // Whole paths come first; thousands of images may share an ending.
    if (whole && entry->partial) break;
    const std::string name = spelled(names_[entry->image], spelling);
    const bool fits = whole ? name == ending : ends_in(name, ending);
    if (!fits) continue;
    if (found.outcome == Outcome::kNone) {
      found = {Outcome::kFound, entry->image, entry->image, spelling == Spelling::kExact};
    } else if (entry->image != found.image) {
      found.outcome = Outcome::kSeveral;
      found.other = entry->image;
    }
  }
  return found;
}

ImageNames::Found ImageNames::find_spelled(std::string_view path, Spelling spelling) const {
  Found found = ending_in(path, true, spelling);
  if (found.outcome != Outcome::kNone) return found;
  bool all = true;  // the ending is all that was written
  each_ending(path, [&](std::string_view ending) {
    found = ending_in(ending, !all, spelling);
    all = false;
    return found.outcome != Outcome::kNone;
  });
  return found;
}

ImageNames::Found ImageNames::find(const std::string& written) const {
  if (written.empty()) return {};
  // A file on Linux may have backslashes in its name.
  if (const Found found = ending_in(written, true, Spelling::kExact);
      found.outcome != Outcome::kNone)
    return found;
  const std::string path = as_path(written);
  if (path.empty()) return {};
  Found found = find_spelled(path, Spelling::kExact);
  if (found.outcome != Outcome::kNone) return found;
  const std::string plain = folded(path);
  found = find_spelled(plain, Spelling::kFolded);
  return found.outcome != Outcome::kNone ? found : find_spelled(plain, Spelling::kWithoutEnding);
}

ImageNames::Found ImageNames::find_elsewhere(const std::string& written) const {
  const std::string path = folded(as_path(written));
  if (path.empty()) return {};
  const std::string_view last = std::string_view(path).substr(path.rfind('/') + 1);
  const Found found = ending_in(last, false, Spelling::kFolded);
  return found.outcome != Outcome::kNone ? found : ending_in(last, false, Spelling::kWithoutEnding);
}

}  // namespace latent
