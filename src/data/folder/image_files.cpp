#include "data/folder/image_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "core/system/file.h"
#include "image/formats.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

// Other names are opened, so that a picture is found under any of them.
bool is_image(const fs::path& path) {
  return is_image_ending(path.extension().string()) ||
         sniff_image(first_bytes(path, kSniffedBytes)).has_value();
}

/// A walk down a folder.
class Walk {
 public:
  explicit Walk(const fs::path& folder) : folder_(folder) {}

  std::vector<ImageFile> run() {
    enter(folder_, "");
    std::sort(files_.begin(), files_.end(),
              [](const ImageFile& a, const ImageFile& b) { return a.name < b.name; });
    return std::move(files_);
  }

 private:
  void enter(const fs::path& folder, const std::string& prefix) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return;
    if (!entered_.insert({status.st_dev, status.st_ino}).second) return;  // a link back
    std::error_code code;
    // Sorted, so that of two links to a folder the same one is entered every time.
    std::set<std::string> names;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
         entry.increment(code)) {
      const std::string name = entry->path().filename().string();
      if (name[0] != '.') names.insert(name);
    }
    if (code) throw Error(folder.string() + ": cannot be listed: " + code.message());
    for (const auto& name : names)
      visit(folder / name, prefix + name);
  }

  void visit(const fs::path& path, const std::string& name) {
    struct stat status {};
    const bool there = ::stat(path.c_str(), &status) == 0;
    if (there && S_ISDIR(status.st_mode)) return enter(path, name + "/");
    if (there && !S_ISREG(status.st_mode)) return;
    if (!is_image(path)) return;
    files_.push_back(
        {name, status.st_size, status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec});
  }

  fs::path folder_;
  std::vector<ImageFile> files_;
  std::set<std::pair<dev_t, ino_t>> entered_;
};

}  // namespace

std::vector<ImageFile> find_images(const fs::path& folder) {
  std::error_code code;
  const bool there = fs::exists(folder, code);
  if (code) throw Error(folder.string() + ": cannot be read: " + code.message());
  if (!there) throw Error(folder.string() + ": no such folder");
  if (!fs::is_directory(folder, code))
    throw Error(folder.string() + ": is a file; expected a folder of images");
  auto files = Walk(folder).run();
  if (files.empty())
    throw Error(folder.string() + ": no images; expected " + image_ending_examples() + " files");
  return files;
}

}  // namespace latent
