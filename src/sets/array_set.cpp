#include "sets/array_set.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "data/selection/random_split.h"
#include "pack/packed_dataset.h"
#include "sets/array_source.h"

namespace latent {
namespace {

constexpr int64_t kChunk = 4096;  // images converted at a time
constexpr int64_t kChunkBytes = int64_t{1} << 26;

/// A part, its images counted and its labels read.
struct ReadyPart {
  ArrayPart arrays;
  int64_t count = 0;
  std::vector<Attribute> attributes;
};

/// The parts that a set has, in the order of its splits.
struct ReadyParts {
  ReadyPart train;
  std::optional<ReadyPart> validation, test;
  std::string note;
};

void add_note(std::string& note, const std::string& text) {
  if (!text.empty()) note += (note.empty() ? "" : "; ") + text;
}

std::vector<ReadyPart*> all_of(ReadyParts& parts) {
  std::vector<ReadyPart*> all{&parts.train};
  for (auto* part : {&parts.validation, &parts.test}) {
    if (*part) all.push_back(&**part);
  }
  return all;
}

void read_all_labels(ReadyParts& parts, const LabelNames& names) {
  std::vector<LabelArray> arrays;
  for (const ReadyPart* part : all_of(parts)) {
    if (part->arrays.labels)
      arrays.push_back({part->arrays.labels, part->arrays.labels_name, part->count});
  }
  const ArrayLabels labels(arrays, names);
  add_note(parts.note, labels.note());
  size_t next = 0;
  for (ReadyPart* part : all_of(parts)) {
    if (part->arrays.labels) part->attributes = labels.of(next++);
  }
}

ReadyPart ready(const ArrayPart& arrays, const ArrayImages& images) {
  return {.arrays = arrays, .count = images.count(), .attributes = {}};
}

// Says how many images were skipped, or throws Error if none or fewer may be.
std::string skipped_text(std::vector<UnreadableImage>& unreadable, int64_t count,
                         const ArrayImages& images, const SkipPolicy& policy) {
  if (unreadable.empty()) return "";
  const std::string text =
      fmt::format("{}: {} of {} images hold NaN or infinity, the first is image {}", images.name(),
                  unreadable.size(), count, unreadable.front().index);
  unreadable.front().reason = text;
  policy.check(unreadable, count);
  if (static_cast<int64_t>(unreadable.size()) == count)
    throw Error(images.name() + ": every image holds NaN or infinity; expected numbers");
  return text + ": skipped (data.on_error: skip)";
}

// The readable images first, ... of a part. found: receives a message about the others.
Examples load_part(const ReadyPart& part, const ArraySetOptions& options, const Fit& fit,
                   int64_t limit, std::string& found) {
  ArrayImages images(part.arrays.images, options.array);
  const int64_t count = limit > 0 ? std::min(limit, part.count) : part.count;
  const int64_t at_once =
      std::clamp<int64_t>(kChunkBytes / (8 * images.shape().values()), 1, kChunk);
  Examples examples;
  for (const auto& each : part.attributes)
    examples.attributes.push_back(
        {each.name, each.values.narrow(0, 0, count).clone(), each.classes});
  std::vector<UnreadableImage> unreadable;
  for (int64_t first = 0; first < count; first += at_once) {
    const Tensor chunk =
        fit.apply(images.read(first, std::min(at_once, count - first), unreadable));
    if (first == 0) {
      auto sizes = chunk.sizes().vec();
      sizes[0] = count;
      examples.pixels = torch::empty(sizes, at::kByte);
    }
    examples.pixels.narrow(0, first, chunk.size(0)).copy_(chunk);
  }
  if (unreadable.empty()) return examples;
  const std::string text = skipped_text(unreadable, count, images, options.policy);
  if (found.find(text) == std::string::npos) add_note(found, text);
  const Tensor kept = at::ones({count}, at::kBool);
  for (const auto& image : unreadable)
    kept[image.index] = false;
  return examples.select(kept.nonzero().flatten());
}

// Labels of the rows of every part in turn; those that only some parts have are dropped.
std::vector<Attribute> join_labels(ReadyParts& parts, const Tensor& training_rows) {
  std::vector<Attribute> joined;
  for (const auto& each : parts.train.attributes) {
    std::vector<Tensor> values{each.values.index_select(0, training_rows)};
    const auto all = all_of(parts);
    for (size_t i = 1; i < all.size(); ++i) {
      for (const auto& other : all[i]->attributes) {
        if (other.name == each.name) values.push_back(other.values);
      }
    }
    if (values.size() == all.size()) joined.push_back({each.name, at::cat(values), each.classes});
  }
  return joined;
}

std::unique_ptr<Dataset> pack_arrays(ReadyParts parts, const ArraySetOptions& options,
                                     const Fit& fit) {
  const TrainTestOptions& splits = options.splits;
  const ReadyPart& train = parts.train;
  const int64_t count = splits.count > 0 ? std::min(splits.count, train.count) : train.count;
  HoldOut rows{.train = at::arange(count, at::kLong), .validation = {}};
  const double fraction = parts.validation ? 0 : splits.held_out_fraction(parts.test.has_value());
  if (fraction > 0)
    rows =
        hold_out(count, fraction, static_cast<uint64_t>(splits.split_seed), splits.validation_key);
  const std::string drawn =
      fmt::format("{}: {} {} {}", train.arrays.fingerprint, count, fraction, splits.split_seed);
  std::vector<ArrayRows> sources{{train.arrays.images, rows.train, drawn + " train"}};
  std::array<int64_t, 3> counts{rows.train.numel(), 0, 0};
  if (rows.validation.defined()) {
    sources.push_back({train.arrays.images, rows.validation, drawn + " validation"});
    counts[1] = rows.validation.numel();
  }
  const auto add_whole = [&](const std::optional<ReadyPart>& part, size_t split) {
    if (!part) return;
    counts[split] = part->count;
    sources.push_back(
        {part->arrays.images, at::arange(part->count, at::kLong), part->arrays.fingerprint});
  };
  add_whole(parts.validation, 1);
  add_whole(parts.test, 2);
  const Tensor kept =
      rows.validation.defined() ? at::cat({rows.train, rows.validation}) : rows.train;
  return packed_dataset({.source = array_source(std::move(sources), options.array, fit),
                         .counts = counts,
                         .attributes = join_labels(parts, kept),
                         .names = {},
                         .notice = parts.note,
                         .policy = options.policy});
}

std::unique_ptr<Dataset> keep_in_memory(const ReadyParts& parts, const ArraySetOptions& options,
                                        const Fit& fit) {
  const auto found = std::make_shared<std::string>();
  const auto loader = [&](const ReadyPart& part) -> TrainTestDataset::Loader {
    return [=](int64_t limit) { return load_part(part, options, fit, limit, *found); };
  };
  const auto loader_if = [&](const std::optional<ReadyPart>& part) {
    return part ? loader(*part) : TrainTestDataset::Loader{};
  };
  return std::make_unique<TrainTestDataset>(
      loader(parts.train), loader_if(parts.test), options.splits,
      TrainTestWords{"data.test_images", parts.note, found}, loader_if(parts.validation));
}

// A black that was found in the training images holds for the others.
ArraySetOptions settled(ArraySetOptions options, const ArrayImages& images) {
  RangeOptions& range = options.array.range;
  if (images.range().black() == range.black) return options;
  range.black = images.range().black();
  range.white = images.range().white();
  return options;
}

}  // namespace

std::unique_ptr<Dataset> make_array_dataset(const ArrayParts& parts, const ArraySetOptions& given,
                                            const Fit& fit, int64_t most_in_memory) {
  const ArrayImages images(parts.train.images, given.array);
  const ArraySetOptions options = settled(given, images);
  ReadyParts all{.train = ready(parts.train, images), .validation = {}, .test = {}, .note = ""};
  all.note = parts.note;
  add_note(all.note, images.note());
  int64_t bytes = images.count() * images.shape().values();
  const auto add = [&](const std::optional<ArrayPart>& part, std::optional<ReadyPart>& to) {
    if (!part) return;
    const ArrayImages others(part->images, options.array);
    if (others.shape() != images.shape()) {
      throw Error(fmt::format("{}: images of {}; expected {} as in {}", others.name(),
                              others.shape().text(), images.shape().text(), images.name()));
    }
    bytes += others.count() * others.shape().values();
    to = ready(*part, others);
  };
  add(parts.validation, all.validation);
  add(parts.test, all.test);
  read_all_labels(all, options.label_names);
  if (bytes > most_in_memory) return pack_arrays(std::move(all), options, fit);
  return keep_in_memory(all, options, fit);
}

}  // namespace latent
