#include "sets/array_names.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>

#include "core/text/suggest.h"
#include "sets/picture_rows.h"

namespace latent {
namespace {

// Letters and digits only, in lower case.
std::string plain(const std::string& name) {
  std::string text;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte)) text += static_cast<char>(std::tolower(byte));
  }
  return text;
}

bool take_out(std::string& text, const std::string& word) {
  const size_t at = text.find(word);
  if (at == std::string::npos) return false;
  text.erase(at, word.size());
  return true;
}

ArrayPartName take_part(std::string& text) {
  for (const char* word : {"training", "train"}) {
    if (take_out(text, word)) return ArrayPartName::kTrain;
  }
  for (const char* word : {"testing", "test", "t10k"}) {
    if (take_out(text, word)) return ArrayPartName::kTest;
  }
  for (const char* word : {"validation", "valid", "val", "dev"}) {
    if (take_out(text, word)) return ArrayPartName::kValidation;
  }
  return ArrayPartName::kAny;
}

bool is_labels(const std::vector<int64_t>& shape, int64_t images) {
  return (shape.size() == 1 || shape.size() == 2) && shape[0] == images;
}

using Arrays = std::vector<ArrayHeader>;

// The arrays of images that a name gives to this part.
Arrays images_of(const Arrays& arrays, ArrayPartName part) {
  Arrays found;
  for (const auto& array : arrays) {
    const ArrayRole role = role_of(array.name);
    if (role.part == part && role.content == ArrayContent::kImages && can_be_images(array.shape))
      found.push_back(array);
  }
  return found;
}

// The labels of these images; those of no part belong to the training images.
std::string labels_of(const Arrays& arrays, const ArrayHeader& images, ArrayPartName part) {
  for (const ArrayPartName wanted : {part, ArrayPartName::kAny}) {
    Arrays found;
    for (const auto& array : arrays) {
      const ArrayRole role = role_of(array.name);
      if (role.part == wanted && role.content == ArrayContent::kLabels &&
          array.name != images.name && is_labels(array.shape, images.shape[0]))
        found.push_back(array);
    }
    if (found.size() == 1) return found[0].name;
    if (part == ArrayPartName::kValidation || part == ArrayPartName::kTest) break;
  }
  return "";
}

// The number of images in an array; -1 if there is no such array, or it cannot be read.
int64_t length_of(const Arrays& arrays, const std::string& name) {
  for (const auto& array : arrays) {
    if (array.name == name && !array.shape.empty()) return array.shape[0];
  }
  return -1;
}

bool is_used(const std::string& name, const ArrayNames& names) {
  return name == names.images || name == names.labels || name == names.validation_images ||
         name == names.validation_labels || name == names.test_images || name == names.test_labels;
}

/// The names of a part's arrays, and the key of its labels.
struct PartKeys {
  std::string ArrayNames::*images, ArrayNames::*labels;
  const char* key;
};

PartKeys keys_of(ArrayPartName part) {
  if (part == ArrayPartName::kTest)
    return {&ArrayNames::test_images, &ArrayNames::test_labels, "data.test_labels"};
  if (part == ArrayPartName::kValidation)
    return {&ArrayNames::validation_images, &ArrayNames::validation_labels,
            "data.validation_labels"};
  return {&ArrayNames::images, &ArrayNames::labels, "data.labels"};
}

// What keeps an array called like labels from being them.
std::string misfit_text(const ArrayHeader& array, int64_t images, const std::string& key) {
  const std::string text = described({array}) + " is not read as labels: ";
  if (!array.damage.empty()) return text + array.damage;
  if (is_labels(array.shape, images)) return text + key + ": " + array.name + " reads it";
  return fmt::format("{0}expected {1} labels, one for each image, or {1}xK ({2})", text, images,
                     key);
}

// numpy.savez without names numbers its arrays: more than images and their labels are a riddle.
bool is_riddle(const Arrays& arrays, const ArrayHeader& chosen) {
  const bool others = std::any_of(arrays.begin(), arrays.end(), [&](const ArrayHeader& each) {
    return each.name != chosen.name && each.shape.size() > 2;
  });
  return plain(chosen.name) == "arr0" && (others || arrays.size() > 2);
}

Arrays training_images(const Arrays& arrays) {
  for (const ArrayPartName part : {ArrayPartName::kTrain, ArrayPartName::kAny}) {
    Arrays found = images_of(arrays, part);
    if (found.size() == 1 && is_riddle(arrays, found[0])) return {};
    if (!found.empty()) return found;
  }
  Arrays found;
  for (const auto& array : arrays) {
    if (array.shape.size() == 3 || array.shape.size() == 4) found.push_back(array);
  }
  return found;
}

}  // namespace

ArrayRole role_of(const std::string& name) {
  static const std::set<std::string> images{"x",    "images", "image",  "imgs",     "img",
                                            "data", "arr0",   "inputs", "pictures", "pixels"};
  static const std::set<std::string> labels{"y",       "labels", "label",   "lbls", "lbl",
                                            "targets", "target", "classes", "arr1"};
  std::string text = plain(name);
  ArrayRole role;
  role.part = take_part(text);
  const bool part_alone = text.empty() && role.part != ArrayPartName::kAny;
  if (part_alone || images.contains(text)) role.content = ArrayContent::kImages;
  if (labels.contains(text)) role.content = ArrayContent::kLabels;
  return role;
}

bool can_be_images(const std::vector<int64_t>& shape) {
  if (shape.size() == 2) return !square_of(shape[1]).empty();
  return shape.size() == 3 || shape.size() == 4;
}

ArrayNames names_by_convention(const std::vector<ArrayHeader>& arrays) {
  ArrayNames names;
  const Arrays train = training_images(arrays);
  if (train.size() != 1) return names;
  names.images = train[0].name;
  names.labels = labels_of(arrays, train[0], ArrayPartName::kTrain);
  for (const auto& [part, images, labels] :
       {std::tuple{ArrayPartName::kValidation, &ArrayNames::validation_images,
                   &ArrayNames::validation_labels},
        std::tuple{ArrayPartName::kTest, &ArrayNames::test_images, &ArrayNames::test_labels}}) {
    const Arrays found = images_of(arrays, part);
    if (found.size() != 1) continue;
    names.*images = found[0].name;
    names.*labels = labels_of(arrays, found[0], part);
  }
  return names;
}

std::string unused_labels(const std::vector<ArrayHeader>& arrays, const ArrayNames& names,
                          const ArrayNames& asked) {
  Arrays others;
  std::vector<std::string> texts;
  for (const auto& array : arrays) {
    if (is_used(array.name, names)) continue;
    const ArrayRole role = role_of(array.name);
    const PartKeys keys = keys_of(role.part);
    if (asked.*keys.labels != kByName || !(names.*keys.labels).empty()) continue;
    const int64_t images = length_of(arrays, names.*keys.images);
    if (role.content == ArrayContent::kLabels && images >= 0) {
      texts.push_back(misfit_text(array, images, keys.key));
    } else if (role.content == ArrayContent::kOther && keys.labels == &ArrayNames::labels &&
               is_labels(array.shape, images)) {
      others.push_back(array);
    }
  }
  if (!others.empty()) {
    const bool one = others.size() == 1;
    texts.push_back(fmt::format("{} {} a row for each image: data.labels reads {} as labels",
                                described(others), one ? "has" : "have",
                                one ? "it" : "one of them"));
  }
  return join(texts, "; ");
}

std::string described(const std::vector<ArrayHeader>& arrays) {
  std::vector<std::string> texts;
  for (const auto& array : arrays) {
    texts.push_back(array.shape.empty()
                        ? array.name
                        : fmt::format("{} ({})", array.name, fmt::join(array.shape, "x")));
  }
  return join(texts);
}

}  // namespace latent
