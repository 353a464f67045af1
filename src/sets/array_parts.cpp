#include "sets/array_parts.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "core/text/suggest.h"
#include "format/npz.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

using Archive = std::shared_ptr<NpzArchive>;

// Changes whenever the file may have changed.
std::string fingerprint(const fs::path& file) {
  std::error_code ignored;
  return fmt::format("{} {} {}", fs::absolute(file).string(), fs::file_size(file, ignored),
                     fs::last_write_time(file, ignored).time_since_epoch().count());
}

/// An array that was found.
struct OpenedName {
  OpenStream open;
  std::string name, fingerprint;
};

OpenedName entry(const Archive& archive, const std::string& array) {
  return {[archive, array] { return archive->open(array); }, array,
          fingerprint(archive->name()) + " " + array};
}

std::vector<ArrayHeader> headers(const NpzArchive& archive, std::string& unreadable) {
  std::vector<ArrayHeader> found;
  for (const auto& array : archive.arrays()) {
    found.push_back({array, {}, ""});
    try {
      found.back().shape = read_npy_header(*archive.open(array)).shape;
    } catch (const Error& reason) {
      found.back().damage = reason.what();
      if (unreadable.empty()) unreadable = reason.what();
    }
  }
  return found;
}

// The array of another archive that holds images, or labels.
std::string only_array(const NpzArchive& archive, ArrayContent wanted) {
  std::vector<std::string> fitting;
  for (const auto& array : archive.arrays()) {
    if (role_of(array).content == wanted) fitting.push_back(array);
  }
  if (archive.arrays().size() == 1) return archive.arrays()[0];
  if (fitting.size() == 1) return fitting[0];
  throw Error(fmt::format("{0}: holds {1}; expected one array, or {0}:{2} with the name of one",
                          archive.name(), join(archive.arrays()), archive.arrays()[0]));
}

OpenedName open_named(const Archive& archive, const std::string& name, ArrayContent wanted) {
  if (archive) {
    const auto& arrays = archive->arrays();
    if (std::find(arrays.begin(), arrays.end(), name) != arrays.end()) return entry(archive, name);
  }
  const size_t ending = name.rfind(".npz");
  const bool whole = ending != std::string::npos && ending + 4 == name.size();
  if (whole || (ending != std::string::npos && name[ending + 4] == ':')) {
    const auto other = std::make_shared<NpzArchive>(name.substr(0, ending + 4));
    return entry(other, whole ? only_array(*other, wanted) : name.substr(ending + 5));
  }
  if (archive && !name.ends_with(".npy")) archive->open(name);  // says which arrays there are
  return {[name] { return open_stream(name); }, fs::path(name).stem().string(), fingerprint(name)};
}

std::optional<ArrayPart> open_part(const Archive& archive, const std::string& images,
                                   const std::string& labels) {
  if (images.empty()) return std::nullopt;
  const OpenedName pictures = open_named(archive, images, ArrayContent::kImages);
  ArrayPart part{pictures.open, {}, "", pictures.fingerprint};
  if (labels.empty()) return part;
  const OpenedName words = open_named(archive, labels, ArrayContent::kLabels);
  part.labels = words.open;
  part.labels_name = words.name;
  return part;
}

constexpr const char* kKeys =
    "data.images names the array of images, data.labels, data.test_images and data.test_labels "
    "the others";

// Returns the first array that can hold images. An array that cannot be read (of objects, for
// example) is an error only if no other array can hold images.
std::string first_of_images(const std::string& file, const std::vector<ArrayHeader>& arrays,
                            const std::string& unreadable) {
  for (const auto& array : arrays) {
    if (array.shape.size() == 3 || array.shape.size() == 4) return array.name;
  }
  throw Error((unreadable.empty() ? file + ": no" : unreadable + "; no other") +
              " array of 3 or 4 dimensions; it holds " + described(arrays) +
              "; data.images names the array of images");
}

std::string choice_text(const std::string& file, const ArrayNames& names,
                        const std::vector<ArrayHeader>& arrays) {
  std::string text = file + ": images " + names.images;
  std::vector<std::string> used{names.images};
  for (const auto& [what, name] : {std::pair{"labels", &names.labels},
                                   {"validation_images", &names.validation_images},
                                   {"validation_labels", &names.validation_labels},
                                   {"test_images", &names.test_images},
                                   {"test_labels", &names.test_labels}}) {
    if (name->empty()) continue;
    text += fmt::format(", {} {}", what, *name);
    used.push_back(*name);
  }
  std::vector<std::string> unused;
  for (const auto& array : arrays) {
    if (std::find(used.begin(), used.end(), array.name) == used.end()) unused.push_back(array.name);
  }
  return text + (unused.empty() ? "" : "; not used: " + join(unused)) +
         "; the keys of these names choose others";
}

// Replaces kByName by what the names and shapes of the arrays say, and returns a message.
std::string find_names(const NpzArchive& archive, ArrayNames& names) {
  std::string unreadable;
  const bool by_name = names.images == kByName;
  const ArrayNames asked = names;
  const bool any_labels =
      names.labels == kByName || names.test_labels == kByName || names.validation_labels == kByName;
  ArrayNames found;
  std::vector<ArrayHeader> arrays;
  if (by_name || any_labels || names.images.empty()) arrays = headers(archive, unreadable);
  if (names.images.empty()) names.images = first_of_images(archive.name(), arrays, unreadable);
  if (by_name) {
    found = names_by_convention(arrays);
    if (found.images.empty()) {
      first_of_images(archive.name(), arrays, unreadable);
      throw Error(fmt::format("{}: more than one array could be the training images: {}; {}",
                              archive.name(), described(arrays), kKeys));
    }
  }
  for (const auto& [images, labels] :
       {std::pair{&ArrayNames::images, &ArrayNames::labels},
        {&ArrayNames::validation_images, &ArrayNames::validation_labels},
        {&ArrayNames::test_images, &ArrayNames::test_labels}}) {
    if (names.*images == kByName) names.*images = found.*images;
    const bool same = names.*images == found.*images;  // labels belong to their images
    if (names.*labels == kByName) names.*labels = same ? found.*labels : "";
  }
  std::string note = by_name && arrays.size() > 1 ? choice_text(archive.name(), names, arrays) : "";
  const std::string left_out = any_labels ? unused_labels(arrays, names, asked) : "";
  if (left_out.empty()) return note;
  return (note.empty() ? archive.name() + ": " : note + "; ") + left_out;
}

}  // namespace

std::vector<ArrayHeader> headers_of(const std::string& file) {
  std::string unreadable;
  return headers(NpzArchive(file), unreadable);
}

ArrayParts open_arrays(const std::string& file, ArrayNames names) {
  const Archive archive = file.empty() ? nullptr : std::make_shared<NpzArchive>(file);
  ArrayParts parts;
  if (archive) parts.note = find_names(*archive, names);
  parts.train = *open_part(archive, names.images, names.labels);
  parts.validation = open_part(archive, names.validation_images, names.validation_labels);
  parts.test = open_part(archive, names.test_images, names.test_labels);
  return parts;
}

}  // namespace latent
