// The data sets `npy` and `npz`: images, and labels, in arrays of NumPy's.
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "core/error.h"
#include "data/array_images.h"
#include "data/fit.h"
#include "data/npz.h"
#include "data/registry.h"
#include "data/train_test_dataset.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kChunk = 4096;  // images converted at a time

/// Where the images of one part are, and their labels if they have any.
struct Part {
  OpenStream images;
  OpenStream labels;
  std::string labels_name;  // "latents_values"
};

/// The keys of both sets besides those that name the arrays.
struct Options {
  ArrayOptions array;
  std::vector<std::string> label_names;
  std::string label_names_key;
  TrainTestOptions splits;
};

Options read_options(Section& data) {
  Options options;
  options.array.read(data);
  data.read("label_names", options.label_names,
            "names for the columns of labels that are a matrix; []: the array's name and a number");
  options.label_names_key = data.where("label_names");
  options.splits.read(data);
  return options;
}

// Integers in one dimension are classes, other numbers values; a matrix is one attribute a column.
std::vector<Attribute> read_labels(const Part& part, int64_t images, const Options& options) {
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

Examples load_part(const Part& part, const Options& options, const Fit& fit, int64_t limit) {
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

// Opens every array once, so that what is wrong is said before anything is loaded.
std::unique_ptr<Dataset> make_dataset(const Part& train, const std::optional<Part>& test,
                                      const Options& options, const Fit& fit) {
  const ArrayImages images(train.images, options.array);
  if (test) {
    const ArrayImages others(test->images, options.array);
    if (others.shape() != images.shape()) {
      throw Error(fmt::format("{}: images of {}; expected {} as in {}", others.name(),
                              others.shape().text(), images.shape().text(), images.name()));
    }
  }
  const auto loader = [&](const Part& part) -> TrainTestDataset::Loader {
    return [=](int64_t limit) { return load_part(part, options, fit, limit); };
  };
  return std::make_unique<TrainTestDataset>(
      loader(train), test ? loader(*test) : TrainTestDataset::Loader{}, options.splits,
      TrainTestWords{"data.test_images", images.note()});
}

/// What names the arrays: files for npy, arrays of the archive for npz.
struct Names {
  std::string images, labels, test_images, test_labels;

  void check(Section& data) const {
    if (!test_images.empty() || test_labels.empty()) return;
    throw Error(data.where("test_labels") +
                ": given without test_images; expected both or neither");
  }
};

Part file_part(const std::string& images, const std::string& labels) {
  const auto opener = [](const std::string& file) -> OpenStream {
    if (file.empty()) return {};
    return [file] { return open_stream(file); };
  };
  return {opener(images), opener(labels), fs::path(labels).stem().string()};
}

Part archive_part(const std::shared_ptr<NpzArchive>& archive, const std::string& images,
                  const std::string& labels) {
  const auto opener = [&](const std::string& array) -> OpenStream {
    if (array.empty()) return {};
    return [archive, array] { return archive->open(array); };
  };
  return {opener(images), opener(labels), labels};
}

// The first array that can be images.
std::string find_images(const NpzArchive& archive) {
  for (const auto& array : archive.arrays()) {
    try {
      const auto dimensions = read_npy_header(*archive.open(array)).shape.size();
      if (dimensions == 3 || dimensions == 4) return array;
    } catch (const Error&) {
      // Objects, say: not the images.
    }
  }
  throw Error(archive.name() + ": no array of 3 or 4 dimensions; it holds " +
              join(archive.arrays()) + "; data.images names the array of images");
}

}  // namespace

DatasetPlan configure_npy(Section& data) {
  Names files;
  data.read("images", files.images, "NPY file of the training images; required");
  data.read("labels", files.labels, "NPY file of their labels: N integers or numbers, or NxK");
  data.read("test_images", files.test_images, "NPY file of the test images");
  data.read("test_labels", files.test_labels, "NPY file of their labels");
  const Options options = read_options(data);
  const Fit fit(data);
  if (files.images.empty())
    throw Error(data.where("images") + ": missing; expected the NPY file of the training images");
  files.check(data);
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    const auto test = files.test_images.empty()
                          ? std::nullopt
                          : std::optional(file_part(files.test_images, files.test_labels));
    return make_dataset(file_part(files.images, files.labels), test, options, fit);
  };
  return {open, [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

DatasetPlan configure_npz(Section& data) {
  std::string file;
  Names arrays;
  data.read("file", file, "NPZ file, as numpy.savez writes; required");
  data.read("images", arrays.images,
            "array of the training images; by default the first of 3 or 4 dimensions");
  data.read("labels", arrays.labels, "array of their labels: N integers or numbers, or NxK");
  data.read("test_images", arrays.test_images, "array of the test images");
  data.read("test_labels", arrays.test_labels, "array of their labels");
  const Options options = read_options(data);
  const Fit fit(data);
  if (file.empty()) throw Error(data.where("file") + ": missing; expected an NPZ file");
  arrays.check(data);
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    const auto archive = std::make_shared<NpzArchive>(file);
    const std::string images = arrays.images.empty() ? find_images(*archive) : arrays.images;
    const auto test =
        arrays.test_images.empty()
            ? std::nullopt
            : std::optional(archive_part(archive, arrays.test_images, arrays.test_labels));
    return make_dataset(archive_part(archive, images, arrays.labels), test, options, fit);
  };
  return {open, [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

}  // namespace latent
