#include "folder/layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/error.h"
#include "core/text/split.h"
#include "folder/folder_range.h"
#include "folder/layout_text.h"

namespace latent {
namespace {

using Kind = SplitRule::Kind;

const std::string kBeside =
    "outside the folders of the splits (data.splits can name others, or be none)";
const std::string kCopies =
    "it repeats the folders beside it (data.dir can name it, to read it alone)";

// Names that say nothing about the images in a folder.
bool is_plain(const std::string& name) {
  static const std::set<std::string> names{"images", "image",  "imgs", "img",
                                           "jpg",    "jpeg",   "png",  "Image",
                                           "IMG",    "Images", "JPEG", "JPEGImages"};
  return names.contains(name);
}

class LayoutReader {
 public:
  LayoutReader(std::string folder, const std::vector<ImageFile>& files, const SplitRule& rule,
               std::string where)
      : folder_(std::move(folder)),
        files_(files),
        rule_(rule),
        where_(std::move(where)),
        marks_(files.size()) {}

  FolderLayout run() {
    const FolderRange all{0, files_.size(), 0};
    const bool exact = rule_.kind == Kind::kExact;
    const FolderRange root = exact ? all : entered(all);
    const std::vector<SplitFolder> splits = exact ? exact_splits(all) : find_splits(root);
    if (rule_.kind == Kind::kNamed) expect_named(splits, root);
    for (const auto& split : splits)
      mark(split.range, split.split, &split.class_of);
    if (splits.empty()) mark(root, Split::kTrain, nullptr);
    if (splits.empty() && !exact) leave_copies_out(root);
    collect(root, !splits.empty());
    if (exact) return std::move(layout_);
    add_line(layout_.notice, text_of_splits(folder_, splits, rule_));
    if (splits.empty() && rule_.kind != Kind::kNone) warn_of_split_names(root);
    warn(warning_on_masks(folder_, layout_.labelled));
    return std::move(layout_);
  }

 private:
  struct Mark {
    bool used = false;
    Split split = Split::kTrain;
    size_t depth = 0;                       // where the name of the class begins
    const std::string* class_of = nullptr;  // that comes before it, if any
  };

  // Goes down lone folders that are neither a class nor a split.
  FolderRange entered(FolderRange folder) {
    std::string path;
    for (;;) {
      const FolderContent content = content_of(files_, folder);
      if (content.images > 0 || content.folders.size() != 1) break;
      const auto& [name, inner] = *content.folders.begin();
      if (rule_.kind == Kind::kNamed && rule_.split_of(name)) break;
      const bool has_folders = !content_of(files_, inner).folders.empty();
      if (!has_folders && !split_called(name) && !is_plain(name)) break;
      folder = inner;
      path += name + "/";
    }
    add_line(layout_.notice, text_of_entered(folder_, path));
    return folder;
  }

  // "train/train/1.png", "train/images/1.png": the inner folder is no class.
  FolderRange without_inner(FolderRange folder) const {
    for (;;) {
      const FolderContent content = content_of(files_, folder);
      if (content.images > 0 || content.folders.size() != 1) return folder;
      const auto& [name, inner] = *content.folders.begin();
      if (!split_called(name) && !is_plain(name)) return folder;
      folder = inner;
    }
  }

  std::vector<SplitFolder> splits_in(const FolderRange& folder, const std::string& class_of) const {
    std::vector<SplitFolder> found;
    for (const auto& [name, range] : content_of(files_, folder).folders) {
      if (const auto split = rule_.split_of(name)) found.push_back({*split, name, class_of, range});
    }
    return found;
  }

  bool are_splits(const std::vector<SplitFolder>& found) const {
    std::array<bool, 3> seen{};
    for (const auto& each : found)
      seen[static_cast<size_t>(each.split)] = true;
    return seen[0] && (seen[1] || seen[2] || rule_.kind == Kind::kNamed);
  }

  std::vector<SplitFolder> exact_splits(const FolderRange& all) const {
    auto found = splits_in(all, "");
    const FolderContent content = content_of(files_, all);
    const bool everything = content.images == 0 && found.size() == content.folders.size();
    return everything && are_splits(found) ? found : std::vector<SplitFolder>();
  }

  std::vector<SplitFolder> find_splits(const FolderRange& root) {
    auto found = splits_in(root, "");
    if (!are_splits(found)) found = splits_in_classes(root);
    for (auto& each : found)
      each.range = without_inner(each.range);
    return found;
  }

  // Splits one level down, in the folder of every class.
  std::vector<SplitFolder> splits_in_classes(const FolderRange& root) {
    const FolderContent content = content_of(files_, root);
    std::vector<SplitFolder> found;
    std::vector<std::string> with, without;
    for (const auto& [name, range] : content.folders) {
      const auto inner = splits_in(range, content.folders.size() > 1 ? name + "/" : "");
      const bool has_train = std::any_of(inner.begin(), inner.end(), [](const SplitFolder& each) {
        return each.split == Split::kTrain;
      });
      if (has_train || are_splits(inner)) {
        with.push_back(name);
        found.insert(found.end(), inner.begin(), inner.end());
      } else {
        without.push_back(name);
      }
    }
    if (!are_splits(found)) return {};
    nested_ = without.empty();
    if (nested_) return found;
    warn(warning_on_some_splits(folder_, with, without));
    return {};
  }

  void expect_named(const std::vector<SplitFolder>& found, const FolderRange& root) const {
    for (const auto& [name, split] : rule_.named) {
      const bool there =
          std::any_of(found.begin(), found.end(),
                      [&, &wanted = name](const SplitFolder& each) { return each.name == wanted; });
      if (there) continue;
      std::vector<std::string> names;
      for (const auto& [folder, range] : content_of(files_, root).folders)
        names.push_back(folder);
      throw Error(
          where_ + ": no folder " + name + " with images in " + folder_ + "; expected " +
          (names.empty() ? "a folder that has folders of images" : "one of " + cut_list(names)));
    }
  }

  void warn(const std::string& warning) {
    if (!warning.empty()) layout_.warnings.push_back(warning);
  }

  void mark(const FolderRange& range, Split split, const std::string* class_of) {
    for (size_t i = range.begin; i < range.end; ++i)
      marks_[i] = {true, split, range.depth, class_of};
  }

  // Archives often hold a second copy: flowers/flowers/rose beside flowers/rose.
  void leave_copies_out(const FolderRange& root) {
    const auto folders = content_of(files_, root).folders;
    if (folders.size() < 3) return;
    for (const auto& [name, range] : folders) {
      const auto inside = content_of(files_, range).folders;
      const bool copies = inside.size() + 1 == folders.size() && !inside.contains(name) &&
                          std::all_of(inside.begin(), inside.end(), [&](const auto& inner) {
                            return folders.contains(inner.first);
                          });
      if (!copies) continue;
      for (size_t i = range.begin; i < range.end; ++i)
        marks_[i].used = false;
      layout_.left_out.push_back({name + "/", static_cast<int64_t>(range.count()), kCopies});
      return;
    }
  }

  // Hands over the images that are marked, and counts the others.
  void collect(const FolderRange& root, bool by_folders) {
    std::map<std::string, int64_t> beside;
    for (size_t i = 0; i < files_.size(); ++i) {
      const std::string& name = files_[i].name;
      if (marks_[i].used) {
        layout_.images.push_back(i);
        const std::string* class_of = marks_[i].class_of;
        layout_.labelled.push_back((class_of ? *class_of : "") + name.substr(marks_[i].depth));
        if (by_folders) layout_.splits.push_back(marks_[i].split);
      } else if (by_folders) {
        ++beside[place_of(name, root)];
      }
    }
    for (const auto& [place, count] : beside)
      layout_.left_out.push_back({place, count, kBeside});
  }

  // The folder that a file left out is in, as seen from the folders of the splits.
  std::string place_of(const std::string& name, const FolderRange& root) const {
    size_t from = root.depth;
    if (const size_t slash = name.find('/', from); nested_ && slash != std::string::npos)
      from = slash + 1;
    const size_t slash = name.find('/', from);
    return slash == std::string::npos ? "single images" : name.substr(from, slash + 1 - from);
  }

  void warn_of_split_names(const FolderRange& root) {
    std::vector<std::string> names;
    for (const auto& [name, range] : content_of(files_, root).folders) {
      if (split_called(name)) names.push_back(name);
    }
    warn(warning_on_split_names(folder_, names));
  }

  std::string folder_;
  const std::vector<ImageFile>& files_;
  const SplitRule& rule_;
  std::string where_;
  std::vector<Mark> marks_;  // of each file
  bool nested_ = false;      // the splits are in the folders of classes
  FolderLayout layout_;
};

}  // namespace

FolderLayout read_layout(const std::string& folder, const std::vector<ImageFile>& files,
                         const SplitRule& rule, const std::string& where) {
  return LayoutReader(folder, files, rule, where).run();
}

}  // namespace latent
