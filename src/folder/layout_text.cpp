#include "folder/layout_text.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "core/text/suggest.h"

namespace latent {
namespace {

constexpr size_t kListed = 5;

bool are_masks(std::string name) {
  static const std::set<std::string> names{"mask",
                                           "masks",
                                           "ground_truth",
                                           "groundtruth",
                                           "gt",
                                           "gtfine",
                                           "gtcoarse",
                                           "annotation",
                                           "annotations",
                                           "segmentation",
                                           "segmentations",
                                           "segmentationclass",
                                           "segmentationobject",
                                           "trimaps",
                                           "labels",
                                           "label",
                                           "train_masks",
                                           "manual",
                                           "seg",
                                           "segs"};
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
    return letter == '-' || letter == ' ' ? '_' : static_cast<char>(std::tolower(letter));
  });
  return names.contains(name);
}

void add_once(std::vector<std::string>& words, const std::string& word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

}  // namespace

std::string cut_list(const std::vector<std::string>& words) {
  if (words.size() < 2) return join(words);
  const auto named = static_cast<ptrdiff_t>(std::min(kListed, words.size() - 1));
  const std::vector<std::string> first(words.begin(), words.begin() + named);
  const auto others = words.size() - first.size();
  return join(first) + " and " + (others == 1 ? words.back() : fmt::format("{} more", others));
}

std::string text_of_entered(const std::string& folder, const std::string& entered) {
  if (entered.empty()) return "";
  return fmt::format("{}: its only folder of images, {}, is entered (data.dir can name another)",
                     folder, entered);
}

std::string text_of_splits(const std::string& folder, const std::vector<SplitFolder>& splits,
                           const SplitRule& rule) {
  if (splits.empty()) return "";
  std::array<std::vector<std::string>, 3> names;
  std::vector<std::string> classes, parts;
  for (const auto& each : splits) {
    add_once(names[static_cast<size_t>(each.split)], each.name);
    if (!each.class_of.empty())
      add_once(classes, each.class_of.substr(0, each.class_of.size() - 1));
  }
  bool missing = false;
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    const auto& of_split = names[static_cast<size_t>(split)];
    missing = missing || of_split.empty();
    if (!of_split.empty()) parts.push_back(to_string(split) + " from " + cut_list(of_split));
  }
  const std::string subject =
      classes.empty() ? "its folders are the splits"
                      : cut_list(classes) + " are the classes, and their folders the splits";
  return fmt::format("{}: {}: {} (data.splits: none reads them as classes); {}", folder, subject,
                     join(parts),
                     missing && rule.fills()
                         ? "the others are drawn from the training images, by data.validation and "
                           "data.test"
                         : "data.validation and data.test are not used");
}

std::string warning_on_split_names(const std::string& folder,
                                   const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::vector<std::string> settings;
  bool train = false;
  for (const auto& name : names) {
    const Split split = split_called(name).value_or(Split::kTrain);
    train = train || split == Split::kTrain;
    settings.push_back(to_string(split) + "=" + name);
  }
  if (!train) settings.insert(settings.begin(), "train=FOLDER");
  const bool one = names.size() == 1;
  return fmt::format(
      "{}: the {} {} {}, but called like {}; data.splits: \"{}\" reads {}, and \"none\" keeps the "
      "{} "
      "without this warning",
      folder, one ? "folder" : "folders", cut_list(names),
      one ? "is read as a class" : "are read as classes", one ? "a split" : "splits",
      join(settings, ","), one ? "it as one" : "them as splits", one ? "class" : "classes");
}

std::string warning_on_some_splits(const std::string& folder, const std::vector<std::string>& with,
                                   const std::vector<std::string>& without) {
  return fmt::format(
      "{}: the folders {} hold splits of their own, but {} not: the images of each are read as one "
      "class, and the splits are drawn; expected splits in all of them, or data.dir naming one",
      folder, cut_list(with), cut_list(without) + (without.size() == 1 ? " does" : " do"));
}

std::string warning_on_masks(const std::string& folder, const std::vector<std::string>& labelled) {
  std::set<std::string, std::less<>> classes;
  for (const auto& name : labelled) {
    const size_t slash = name.find('/');
    const std::string_view word = std::string_view(name).substr(0, slash);
    if (slash != std::string::npos && !classes.contains(word)) classes.emplace(word);
  }
  if (classes.size() < 2) return "";
  const auto masks = std::find_if(classes.begin(), classes.end(), are_masks);
  if (masks == classes.end()) return "";
  return fmt::format(
      "{}: the folder {} is read as a class beside the pictures; if it holds masks, data.dir can "
      "name the folder of the pictures alone",
      folder, *masks);
}

}  // namespace latent
