#include "sets/idx_files.h"

#include <set>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string lower_name(const fs::path& file) { return lower_case(file.filename().string()); }

// Returns "emnist-letters-train" for emnist-letters-train-images-idx3-ubyte.gz, "" for other names.
std::string stem_of_images(const fs::path& file) {
  const std::string name = file.filename().string();
  for (const char* ending : {"-images-idx3-ubyte", "-images.idx3-ubyte"}) {
    const size_t at = name.find(ending);
    if (at == std::string::npos) continue;
    const std::string rest = name.substr(at + std::string(ending).size());
    if (rest.empty() || rest == ".gz") return name.substr(0, at);
  }
  return "";
}

// "emnist-letters-" of "emnist-letters-train"; nothing if it is no training set.
std::optional<std::string> prefix_of(const std::string& stem) {
  if (!stem.ends_with("train")) return std::nullopt;
  return stem.substr(0, stem.size() - 5);
}

IdxFiles files_of(const fs::path& folder, const std::string& stem) {
  const auto find = [&](const std::string& part, bool labels) {
    return find_idx_file(folder, part, labels).value_or(fs::path());
  };
  IdxFiles files{find(stem, false), find(stem, true), {}, {}};
  const auto prefix = prefix_of(stem);
  for (const char* test : {"t10k", "test"}) {
    if (!prefix || !files.test_images.empty()) continue;
    files.test_images = find(*prefix + test, false);
    if (!files.test_images.empty()) files.test_labels = find(*prefix + test, true);
  }
  return files;
}

// The stems of the training images in a folder.
std::set<std::string> training_stems(const fs::path& folder) {
  std::set<std::string> stems;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string stem = stem_of_images(entry->path());
    if (prefix_of(stem) && find_idx_file(folder, stem, false)) stems.insert(stem);
  }
  return stems;
}

}  // namespace

std::optional<fs::path> find_idx_file(const fs::path& folder, const std::string& stem,
                                      bool labels) {
  const std::string kind = labels ? "labels" : "images", type = labels ? "idx1" : "idx3";
  for (const char* separator : {"-", "."}) {
    const std::string name = stem + "-" + kind + separator + type + "-ubyte";
    for (const fs::path& candidate :
         {fs::path(name), fs::path(name + ".gz"), name / fs::path(name)}) {
      if (is_file(folder / candidate)) return folder / candidate;
    }
  }
  return std::nullopt;
}

std::vector<fs::path> idx_folders(const fs::path& folder) {
  std::vector<fs::path> folders{folder};
  for (const char* below :
       {"MNIST/raw", "FashionMNIST/raw", "KMNIST/raw", "EMNIST/raw", "raw", "gzip"}) {
    std::error_code ignored;
    if (fs::is_directory(folder / below, ignored)) folders.push_back(folder / below);
  }
  return folders;
}

std::optional<IdxFiles> find_idx_set(const fs::path& path) {
  if (is_file(path)) {
    const std::string stem = stem_of_images(path);
    if (stem.empty()) return std::nullopt;
    IdxFiles files = files_of(path.parent_path(), stem);
    files.images = path;
    return files;
  }
  for (const fs::path& folder : idx_folders(path)) {
    const auto stems = training_stems(folder);
    if (stems.empty()) continue;
    if (stems.size() == 1 || stems.contains("train"))
      return files_of(folder, stems.contains("train") ? "train" : *stems.begin());
    throw Error(folder.string() + ": holds several sets: " + join({stems.begin(), stems.end()}) +
                "; expected the file of one, " +
                find_idx_file(folder, *stems.begin(), false)->string());
  }
  return std::nullopt;
}

bool is_emnist(const fs::path& file) {
  return lower_name(file).find("emnist") != std::string::npos;
}

bool is_emnist_letters(const fs::path& file) {
  return is_emnist(file) && lower_name(file).find("letters") != std::string::npos;
}

}  // namespace latent
