#include "command/output/one_file_each.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace latent {
namespace {

// Splits "new.npy:3" into "new.npy" and "-3"; other names have no number.
std::pair<std::string, std::string> split_number(const std::string& name) {
  const size_t colon = name.rfind(':');
  if (colon == std::string::npos || colon + 1 == name.size()) return {name, ""};
  const bool digits = std::all_of(name.begin() + static_cast<std::ptrdiff_t>(colon) + 1, name.end(),
                                  [](char letter) { return letter >= '0' && letter <= '9'; });
  if (!digits) return {name, ""};
  std::string number = name.substr(colon);
  number.front() = '-';
  return {name.substr(0, colon), number};
}

// `name`, or the first of name-2, name-3, ... that is not taken yet.
std::string free_name_of(const std::string& name, std::set<std::string>& taken) {
  std::string free = name;
  for (int number = 2; !taken.insert(free).second; ++number)
    free = name + "-" + std::to_string(number);
  return free;
}

}  // namespace

std::filesystem::path result_path(const std::string& name) {
  const auto [file, number] = split_number(name);
  std::filesystem::path below;
  for (const auto& part : std::filesystem::path(file).relative_path()) {
    if (part != ".." && part != ".") below /= part;
  }
  if (below.empty()) below = "image";
  return below.parent_path() / (below.stem().string() + number);
}

std::vector<std::filesystem::path> result_paths(const std::filesystem::path& folder,
                                                const std::vector<std::string>& names,
                                                const std::string& ending) {
  std::set<std::string> taken;
  std::vector<std::filesystem::path> paths;
  for (const auto& name : names)
    paths.push_back(folder / (free_name_of(result_path(name).string(), taken) + ending));
  return paths;
}

SeparateFiles::SeparateFiles(const visual::Gallery& gallery, const Arguments& arguments,
                             const OpenedRun& run, const std::string& command, std::string what)
    : gallery_(gallery),
      folder_(arguments.folder(run.directory.image(command, "x").parent_path(),
                               "each of the FILES gets a picture of its own")),
      what_(std::move(what)) {}

void SeparateFiles::write(const std::string& name, const Tensor& image) {
  const std::string free = free_name_of(result_path(name).string(), taken_);
  const auto path = folder_ / (free + "-" + what_ + ".png");
  gallery_.write_single(path, image);
  written_.push_back(path.string());
}

}  // namespace latent
