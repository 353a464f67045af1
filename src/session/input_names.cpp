#include "session/input_names.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/log.h"
#include "folder/image_files.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostInputs = 100'000;

// The parts of a path without "." and without "a/..".
std::vector<std::string> parts_of(const fs::path& path) {
  std::vector<std::string> parts;
  for (const auto& part : path.lexically_normal())
    parts.push_back(part.string());
  return parts;
}

std::string last_of(const std::vector<std::string>& parts, size_t count) {
  fs::path ending;
  for (size_t i = parts.size() - std::min(count, parts.size()); i < parts.size(); ++i)
    ending /= parts[i];
  return ending.string();
}

std::vector<InputFile> shown_files(const std::vector<ShownPath>& paths) {
  const auto names = distinct_names(paths);
  std::vector<InputFile> files;
  for (size_t i = 0; i < paths.size(); ++i)
    files.push_back({paths[i].path, names[i]});
  return files;
}

void add_images_below(const fs::path& folder, std::vector<ShownPath>& found) {
  const FolderListing listing = list_images_or_arrays(folder);
  if (!listing.left_out.empty())
    log::info("{}: {}", folder.string(), left_out_text(listing.left_out));
  if (listing.images.size() > kMostInputs)
    throw Error(folder.string() + ": more than 100000 images; name fewer");
  for (const auto& file : listing.images) {
    const auto parts = static_cast<size_t>(std::count(file.name.begin(), file.name.end(), '/')) + 1;
    found.push_back({folder / file.name, parts});
  }
}

}  // namespace

std::vector<std::string> distinct_names(const std::vector<ShownPath>& paths) {
  std::vector<std::vector<std::string>> parts;
  std::vector<size_t> shown;
  for (const auto& each : paths) {
    parts.push_back(parts_of(each.path));
    shown.push_back(each.parts);
  }
  std::vector<std::string> names(paths.size());
  for (bool changed = true; changed;) {
    std::map<std::string, std::set<std::vector<std::string>>> called;
    for (size_t i = 0; i < paths.size(); ++i) {
      names[i] = last_of(parts[i], shown[i]);
      called[names[i]].insert(parts[i]);
    }
    changed = false;
    for (size_t i = 0; i < paths.size(); ++i) {
      if (called[names[i]].size() == 1 || shown[i] >= parts[i].size()) continue;
      ++shown[i];
      changed = true;
    }
  }
  return names;
}

std::vector<InputFile> named_files(const std::vector<std::string>& names) {
  std::vector<ShownPath> paths;
  for (const auto& name : names)
    paths.push_back({name, 1});
  return shown_files(paths);
}

std::vector<InputFile> input_files(const std::vector<std::string>& names) {
  std::vector<ShownPath> found;
  for (const auto& name : names) {
    if (std::error_code ignored; fs::is_directory(name, ignored)) {
      add_images_below(name, found);
    } else {
      found.push_back({name, 1});
    }
  }
  return shown_files(found);
}

}  // namespace latent
