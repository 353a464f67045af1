#include "data/sets/array_set.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "data/pack/packed_dataset.h"
#include "data/random_split.h"
#include "data/sets/array_source.h"

namespace latent {
namespace {

constexpr int64_t kChunk = 4096;  // images converted at a time

// Integers in one dimension are classes, other numbers are values; a matrix is one attribute per
// column.
std::vector<Attribute> read_labels(const ArrayPart& part, int64_t images,
                                   const ArraySetOptions& options) {
  NpyArray array(part.labels);
  const auto& sizes = array.header().shape;
  if (sizes.size() > 2 || array.count() != images) {
    throw Error(fmt::format("{}: its shape is {}; expected {} labels, one for each image, or {}xK",
                            array.name(), array.header().shape_text(), images, images));
  }
  const Tensor values = array.rows(0, images).to(at::kDouble);
  if (sizes.size() == 1 && array.header().whole_numbers())
    return {class_attribute("label", values.to(at::kLong), {}, array.name())};
  if (sizes.size() == 1) return {{"label", values, {}}};
  auto names = options.label_names;
  for (int64_t k = 0; options.label_names.empty() && k < sizes[1]; ++k)
    names.push_back(fmt::format("{}_{}", part.labels_name, k));
  if (static_cast<int64_t>(names.size()) != sizes[1]) {
    throw Error(fmt::format("{}: {} names; expected {}, one for each column of {}",
                            options.label_names_key, names.size(), sizes[1], array.name()));
  }
  std::vector<Attribute> attributes;
  for (int64_t k = 0; k < sizes[1]; ++k)
    attributes.push_back({names[static_cast<size_t>(k)], values.select(1, k).clone(), {}});
  return attributes;
}

Examples load_part(const ArrayPart& part, const ArraySetOptions& options, const Fit& fit,
                   int64_t limit) {
  ArrayImages images(part.images, options.array);
  const int64_t count = limit > 0 ? std::min(limit, images.count()) : images.count();
  Examples examples;
  if (part.labels) {
    examples.attributes = read_labels(part, images.count(), options);
    for (auto& attribute : examples.attributes)
      attribute.values = attribute.values.narrow(0, 0, count).clone();
  }
  for (int64_t first = 0; first < count; first += kChunk) {
    const Tensor chunk = fit.apply(images.read(first, std::min(kChunk, count - first)));
    if (first == 0) {
      auto sizes = chunk.sizes().vec();
      sizes[0] = count;
      examples.pixels = torch::empty(sizes, at::kByte);
    }
    examples.pixels.narrow(0, first, chunk.size(0)).copy_(chunk);
  }
  return examples;
}

// Labels of the training rows, then of the test images; those that only some have are dropped.
std::vector<Attribute> join_labels(const std::vector<Attribute>& train, const Tensor& rows,
                                   const std::vector<Attribute>& test, bool has_test) {
  std::vector<Attribute> joined;
  for (const auto& each : train) {
    Attribute whole{each.name, each.values.index_select(0, rows), each.classes};
    const auto twin = std::find_if(test.begin(), test.end(),
                                   [&](const Attribute& other) { return other.name == each.name; });
    if (has_test && twin == test.end()) continue;
    if (has_test) {
      whole.values = at::cat({whole.values, twin->values});
      if (twin->classes.size() > whole.classes.size()) whole.classes = twin->classes;
    }
    joined.push_back(std::move(whole));
  }
  return joined;
}

std::unique_ptr<Dataset> pack_arrays(const ArrayPart& train, const std::optional<ArrayPart>& test,
                                     const ArraySetOptions& options, const Fit& fit) {
  const ArrayImages images(train.images, options.array);
  const TrainTestOptions& splits = options.splits;
  const int64_t count = splits.count > 0 ? std::min(splits.count, images.count()) : images.count();
  HoldOut rows{.train = at::arange(count, at::kLong), .validation = {}};
  const double fraction = splits.held_out_fraction(test.has_value());
  if (fraction > 0)
    rows =
        hold_out(count, fraction, static_cast<uint64_t>(splits.split_seed), splits.validation_key);
  const std::string drawn =
      fmt::format("{}: {} {} {}", train.fingerprint, count, fraction, splits.split_seed);
  std::vector<ArrayRows> parts{{train.images, rows.train, drawn + " train"}};
  std::array<int64_t, 3> counts{rows.train.numel(), 0, 0};
  if (rows.validation.defined()) {
    parts.push_back({train.images, rows.validation, drawn + " validation"});
    counts[1] = rows.validation.numel();
  }
  if (test) {
    counts[2] = ArrayImages(test->images, options.array).count();
    parts.push_back({test->images, at::arange(counts[2], at::kLong), test->fingerprint});
  }
  const auto labels = [&](const ArrayPart& part, int64_t all) {
    return part.labels ? read_labels(part, all, options) : std::vector<Attribute>{};
  };
  const Tensor kept =
      rows.validation.defined() ? at::cat({rows.train, rows.validation}) : rows.train;
  return packed_dataset(
      {.source = array_source(std::move(parts), options.array, fit),
       .counts = counts,
       .attributes = join_labels(labels(train, images.count()), kept,
                                 test ? labels(*test, counts[2]) : std::vector<Attribute>{},
                                 test.has_value()),
       .names = {},
       .notice = images.note(),
       .policy = {}});
}

}  // namespace

std::unique_ptr<Dataset> make_array_dataset(const ArrayPart& train,
                                            const std::optional<ArrayPart>& test,
                                            const ArraySetOptions& options, const Fit& fit,
                                            int64_t most_in_memory) {
  const ArrayImages images(train.images, options.array);
  int64_t bytes = images.count() * images.shape().values();
  if (test) {
    const ArrayImages others(test->images, options.array);
    if (others.shape() != images.shape()) {
      throw Error(fmt::format("{}: images of {}; expected {} as in {}", others.name(),
                              others.shape().text(), images.shape().text(), images.name()));
    }
    bytes += others.count() * others.shape().values();
  }
  if (bytes > most_in_memory) return pack_arrays(train, test, options, fit);
  const auto loader = [&](const ArrayPart& part) -> TrainTestDataset::Loader {
    return [=](int64_t limit) { return load_part(part, options, fit, limit); };
  };
  return std::make_unique<TrainTestDataset>(
      loader(train), test ? loader(*test) : TrainTestDataset::Loader{}, options.splits,
      TrainTestWords{"data.test_images", images.note()});
}

}  // namespace latent
