#include "sets/array_twins.h"

#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <tuple>

#include "core/error.h"
#include "core/text/split.h"
#include "format/npy_header.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

// Splits "kmnist-train-imgs" into "kmnist", "-", "train", "-", "imgs".
std::vector<std::string> pieces_of(const std::string& stem) {
  std::vector<std::string> pieces;
  bool letters = false;
  for (const char letter : stem) {
    const bool is_letter = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (pieces.empty() || is_letter != letters) pieces.emplace_back();
    letters = is_letter;
    pieces.back() += letter;
  }
  return pieces;
}

// The spelling of `word` in the manner of `like`: "Y" for "X".
std::string spelt_like(std::string word, const std::string& like) {
  const bool upper = std::isupper(static_cast<unsigned char>(like[0])) != 0;
  if (upper) word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
  return word;
}

const std::map<std::string, std::vector<std::string>> kLabelWords{{"x", {"y"}},
                                                                  {"images", {"labels"}},
                                                                  {"image", {"label", "labels"}},
                                                                  {"imgs", {"labels", "lbls"}},
                                                                  {"img", {"label", "labels"}},
                                                                  {"data", {"labels", "targets"}}};

// The names that another part of the set may have: the words of `pieces` replaced.
std::vector<std::string> stems(const std::vector<std::string>& pieces,
                               const std::vector<std::string>& part_words, bool labels) {
  std::vector<std::string> found{""};
  bool part_replaced = part_words.empty(), labels_replaced = !labels;
  for (const auto& piece : pieces) {
    std::vector<std::string> words{piece};
    const auto known = kLabelWords.find(lower_case(piece));
    if (lower_case(piece) == "train" && !part_words.empty()) {
      words = part_words;
      part_replaced = true;
    } else if (labels && known != kLabelWords.end()) {
      words = known->second;
      labels_replaced = true;
    }
    std::vector<std::string> longer;
    for (const auto& start : found) {
      for (const auto& word : words)
        longer.push_back(start + (word == piece ? piece : spelt_like(word, piece)));
    }
    found = std::move(longer);
  }
  return part_replaced && labels_replaced ? found : std::vector<std::string>{};
}

std::string existing(const fs::path& beside, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const fs::path path = beside.parent_path() / (name + beside.extension().string());
    if (std::error_code ignored; path != beside && fs::is_regular_file(path, ignored))
      return path.string();
  }
  return "";
}

std::optional<std::vector<int64_t>> shape_of_file(const std::string& path) {
  try {
    return read_npy_header(*open_stream(path)).shape;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool belong_together(const std::string& images, const std::string& labels) {
  if (fs::path(images).extension() != ".npy") return true;
  const auto pictures = shape_of_file(images), words = shape_of_file(labels);
  return pictures && words && !pictures->empty() && !words->empty() && words->size() <= 2 &&
         pictures->front() == words->front();
}

}  // namespace

ArrayNames twins_beside(const fs::path& images) {
  const auto pieces = pieces_of(images.stem().string());
  ArrayNames names;
  const auto labels_beside = [&](const std::string& pictures,
                                 const std::vector<std::string>& part) -> std::string {
    const std::string labels = existing(images, stems(pieces, part, true));
    return !labels.empty() && belong_together(pictures, labels) ? labels : "";
  };
  names.labels = labels_beside(images.string(), {});
  for (const auto& [part, pictures, labels] :
       {std::tuple{std::vector<std::string>{"val", "validation", "valid"},
                   &ArrayNames::validation_images, &ArrayNames::validation_labels},
        std::tuple{std::vector<std::string>{"test", "t10k"}, &ArrayNames::test_images,
                   &ArrayNames::test_labels}}) {
    names.*pictures = existing(images, stems(pieces, part, false));
    if (!(names.*pictures).empty()) names.*labels = labels_beside(names.*pictures, part);
  }
  return names;
}

fs::path training_file_in(const fs::path& folder) {
  for (const char* name : {"x_train.npy", "X_train.npy", "train_images.npy", "train_x.npy",
                           "train_X.npy", "images_train.npy", "train-images.npy"}) {
    if (std::error_code ignored; fs::is_regular_file(folder / name, ignored)) return folder / name;
  }
  return {};
}

}  // namespace latent
