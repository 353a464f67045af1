#include "folder/image_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/system/file.h"
#include "core/text/split.h"
#include "folder/endings.h"
#include "image/formats.h"
#include "image/tiff_header.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFirstDirectory = size_t{1} << 16;  // bytes in which a TIFF's mostly lies

// Other names are opened, so that a picture is found under any of them; texts are not. Cameras' raw
// photos begin as TIFF files do, and the picture in them would be a thumbnail.
bool is_image(const fs::path& path) {
  if (is_image_ending(path.extension().string())) return true;
  if (remedy_for(path).empty()) return false;
  const auto format = sniff_image(first_bytes(path, kSniffedBytes));
  if (format != ImageFormat::kTiff) return format.has_value();
  return !is_raw_ending(path) && !is_raw_photo(first_bytes(path, kFirstDirectory));
}

bool is_array(const fs::path& path) {
  const std::string ending = ending_of(path);
  return ending == ".npy" || ending == ".npz";
}

// By the words in their names, whether the first is of training data rather than the second.
bool trains_rather(const fs::path& first, const fs::path& second) {
  const auto rank = [](const fs::path& path) {
    const std::string name = lower_case(path.filename().string());
    const auto has = [&](const char* word) { return name.find(word) != std::string::npos; };
    if (has("train")) return 0;
    return has("test") || has("val") || has("submission") ? 2 : 1;
  };
  return rank(first) < rank(second);
}

/// A walk down a folder.
class Walk {
 public:
  explicit Walk(const fs::path& folder) : folder_(folder), bar_(log::is_quiet()) {}

  FolderListing run() {
    enter(folder_, "");
    bar_.clear();
    return listing_of(images_);
  }

  /// Returns the arrays of the folder as its images; after `run`.
  FolderListing arrays() {
    for (const auto& file : arrays_)
      left_out_.erase(ending_of(file.name));
    return listing_of(arrays_);
  }

  /// Returns a file that can be read by itself, one of training data if there is one, or "".
  const fs::path& data_file() const { return data_file_; }

 private:
  FolderListing listing_of(std::vector<ImageFile>& files) const {
    std::sort(files.begin(), files.end(),
              [](const ImageFile& a, const ImageFile& b) { return a.name < b.name; });
    FolderListing listing{.images = std::move(files), .left_out = {}};
    for (const auto& [ending, left_out] : left_out_)
      listing.left_out.push_back(left_out);
    return listing;
  }

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
    if (there && S_ISDIR(status.st_mode)) {
      if (!is_system_folder(path.filename().string())) enter(path, name + "/");
      return;
    }
    if (there && !S_ISREG(status.st_mode)) return;
    const ImageFile file{name, status.st_size,
                         status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
    if (!is_image(path)) {
      if (is_array(path)) arrays_.push_back(file);
      return leave_out(path);
    }
    images_.push_back(file);
    const auto found = static_cast<int64_t>(images_.size());
    if (found % kCounted == 0 && bar_.due(found, found + 1))
      bar_.show_count("listing " + folder_.string(), found, "images");
  }

  void leave_out(const fs::path& path) {
    if (is_data_file(path) && (data_file_.empty() || trains_rather(path, data_file_)))
      data_file_ = path;
    const std::string remedy = remedy_for(path);
    if (remedy.empty()) return;
    const std::string ending = ending_of(path);
    LeftOut& left_out = left_out_[ending];
    if (left_out.files++ > 0) return;
    left_out.what = ending.empty() ? "no ending" : ending;
    left_out.remedy = remedy;
  }

  static constexpr int64_t kCounted = 1000;

  fs::path folder_, data_file_;
  ProgressBar bar_;
  std::vector<ImageFile> images_, arrays_;
  std::map<std::string, LeftOut> left_out_;  // by ending
  std::set<std::pair<dev_t, ino_t>> entered_;
};

// What a folder without images holds instead.
std::string instead_of_images(const FolderListing& listing, const fs::path& data_file) {
  if (!listing.left_out.empty()) return "; " + left_out_text(listing.left_out);
  if (data_file.empty()) return "";
  return "; latent data check " + data_file.string() + " reads that file";
}

FolderListing list_folder(const fs::path& folder, bool arrays_too) {
  std::error_code code;
  const bool there = fs::exists(folder, code);
  if (code) throw Error(folder.string() + ": cannot be read: " + code.message());
  if (!there) throw Error(folder.string() + ": no such folder");
  if (!fs::is_directory(folder, code))
    throw Error(folder.string() + ": is a file; expected a folder of images");
  Walk walk(folder);
  FolderListing listing = walk.run();
  if (!listing.images.empty()) return listing;
  if (arrays_too) {
    FolderListing arrays = walk.arrays();
    if (!arrays.images.empty()) return arrays;
  }
  throw Error(folder.string() + ": no images; expected " + image_ending_examples() + " files" +
              instead_of_images(listing, walk.data_file()));
}

}  // namespace

FolderListing list_images(const fs::path& folder) { return list_folder(folder, false); }

FolderListing list_images_or_arrays(const fs::path& folder) { return list_folder(folder, true); }

std::vector<ImageFile> find_images(const fs::path& folder) { return list_images(folder).images; }

}  // namespace latent
