// The data sets of IDX files: mnist, fashion_mnist, and any other files in that format.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "core/image_shape.h"
#include "data/locations.h"
#include "data/prepare/fit.h"
#include "format/idx.h"
#include "sets/idx_files.h"
#include "sets/registry.h"
#include "sets/train_test_dataset.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// One pair of files; the path of the labels may be empty.
struct Files {
  fs::path images;
  fs::path labels;
};

/// How the files of a set are read.
struct IdxReading {
  std::vector<std::string> classes;  // words of the labels; empty: numbers
  bool transpose = false;
  TrainTestOptions splits;
  std::string note = "";  // a message to log
};

// EMNIST counts its letters from 1.
Attribute letters(const Tensor& labels, const fs::path& file) {
  std::vector<std::string> words;
  for (char letter = 'A'; letter <= 'Z'; ++letter)
    words.emplace_back(1, letter);
  const bool from_one = labels.min().item<int64_t>() > 0;
  return class_attribute("label", labels.to(at::kLong) - (from_one ? 1 : 0), words, file.string());
}

Attribute read_labels(const Files& files, int64_t count, const std::vector<std::string>& classes) {
  const Tensor labels = read_idx(files.labels, 1);
  if (labels.size(0) != count) {
    throw Error(fmt::format("{}: {} labels; expected {}, one for each image of {}",
                            files.labels.string(), labels.size(0), count, files.images.string()));
  }
  if (classes.empty() && is_emnist_letters(files.labels)) return letters(labels, files.labels);
  return class_attribute("label", labels, classes, files.labels.string());
}

// [N, H, W] as stored, or each picture's rows and columns exchanged.
Tensor upright(const Tensor& images, bool transpose) {
  return transpose ? images.transpose(1, 2).contiguous() : images;
}

Examples load_files(const Files& files, const IdxReading& reading, const Fit& fit, int64_t limit) {
  Tensor images = read_idx(files.images, 3);  // [N, H, W]
  Examples examples;
  if (!files.labels.empty())
    examples.attributes.push_back(read_labels(files, images.size(0), reading.classes));
  if (limit > 0 && limit < images.size(0)) {
    images = images.narrow(0, 0, limit);
    for (auto& attribute : examples.attributes)
      attribute.values = attribute.values.narrow(0, 0, limit).clone();
  }
  images = upright(images, reading.transpose);
  examples.pixels = fit.apply(images.unsqueeze(-1)).contiguous();  // [N, H, W, 1]
  return examples;
}

// Returns the size of the file's images as the model will see them, from its header.
ImageShape fitted_shape(const fs::path& images, const IdxReading& reading, const Fit& fit) {
  const auto sizes = read_idx_sizes(images, 3);
  const Tensor stored = upright(at::zeros({1, sizes[1], sizes[2]}, at::kByte), reading.transpose);
  const Tensor one = fit.apply(stored.unsqueeze(-1));
  return {one.size(3), one.size(1), one.size(2)};
}

void expect_equal_shapes(const Files& train, const Files& test, const IdxReading& reading,
                         const Fit& fit) {
  const ImageShape expected = fitted_shape(train.images, reading, fit),
                   got = fitted_shape(test.images, reading, fit);
  if (got == expected) return;
  throw Error(
      fmt::format("{}: images of {}; expected {} as in {}, or data.size, to which all are brought",
                  test.images.string(), got.text(), expected.text(), train.images.string()));
}

// test.images: empty if there are none.
std::unique_ptr<Dataset> make_dataset(const Files& train, const Files& test,
                                      const IdxReading& reading, const Fit& fit) {
  if (!test.images.empty()) expect_equal_shapes(train, test, reading, fit);
  const auto loader = [&](const Files& files) -> TrainTestDataset::Loader {
    if (files.images.empty()) return {};
    return [=](int64_t limit) { return load_files(files, reading, fit, limit); };
  };
  return std::make_unique<TrainTestDataset>(loader(train), loader(test), reading.splits,
                                            TrainTestWords{"data.test_images", reading.note});
}

// The official file of `part`, "train" or "t10k", in the folder or where torchvision puts it.
fs::path find_official(const fs::path& folder, const std::string& part, bool labels,
                       const std::string& set) {
  for (const fs::path& place : idx_folders(folder)) {
    if (const auto path = find_idx_file(place, part, labels)) return *path;
  }
  const std::string name = part + (labels ? "-labels-idx1-ubyte" : "-images-idx3-ubyte");
  throw Error((folder / name).string() +
              ": no such file, nor with .gz; run scripts/fetch_data.sh " + set +
              ", or set data.dir or LATENT_DATA");
}

DatasetPlan configure_official(Section& data, const std::string& set, const std::string& folder,
                               std::vector<std::string> classes) {
  std::string directory;
  data.read("dir", directory,
            "folder of the files; by default $LATENT_DATA/" + folder + " or data/" + folder,
            OnResume::kSameData);
  IdxReading reading;
  reading.classes = std::move(classes);
  reading.splits.read(data);
  const Fit fit(data);
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    const fs::path place = data_folder(directory, folder);
    const auto files = [&](const std::string& part) {
      return Files{find_official(place, part, false, set), find_official(place, part, true, set)};
    };
    const Files train = files("train"), test = files("t10k");
    return make_dataset(train, test, reading, fit);
  };
  return {open, [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

}  // namespace

DatasetPlan configure_mnist(Section& data) {
  return configure_official(data, "mnist", "mnist",
                            {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

DatasetPlan configure_fashion_mnist(Section& data) {
  return configure_official(data, "fashion_mnist", "fashion-mnist",
                            {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal",
                             "Shirt", "Sneaker", "Bag", "Ankle boot"});
}

DatasetPlan configure_idx(Section& data) {
  std::string images, labels, test_images, test_labels;
  data.read("images", images, "IDX file of the training images, plain or gzipped; required",
            OnResume::kSameData);
  data.read("labels", labels, "IDX file of their labels", OnResume::kSameData);
  data.read("test_images", test_images, "IDX file of the test images", OnResume::kSameData);
  data.read("test_labels", test_labels, "IDX file of their labels", OnResume::kSameData);
  IdxReading reading;
  data.read("transpose", reading.transpose,
            "swap rows and columns of each image, which turns EMNIST upright");
  if (is_emnist(images) && !data.has("transpose")) {
    reading.note = images +
                   ": EMNIST stores its images lying on their side: data.transpose: true "
                   "turns them upright, false leaves them";
  }
  reading.splits.read(data);
  const Fit fit(data);
  if (images.empty()) data.missing("images", "the IDX file of the training images");
  if (test_images.empty() && !test_labels.empty()) {
    throw Error(data.where("test_labels") +
                ": given without test_images; expected both or neither");
  }
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    for (const auto& file : {images, labels, test_images, test_labels}) {
      std::error_code code;
      if (file.empty() || fs::exists(file, code)) continue;
      throw Error(file + (code ? ": cannot be read: " + code.message() : ": no such file"));
    }
    return make_dataset({images, labels}, {test_images, test_labels}, reading, fit);
  };
  return {open, [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

std::optional<Json> recognise_idx(const fs::path& path) {
  const auto files = find_idx_set(path);
  if (!files) return std::nullopt;
  Json data{{"name", "idx"}, {"images", files->images.string()}};
  for (const auto& [key, file] : {std::pair{"labels", &files->labels},
                                  {"test_images", &files->test_images},
                                  {"test_labels", &files->test_labels}}) {
    if (!file->empty()) data[key] = file->string();
  }
  if (is_emnist(files->images)) data["transpose"] = true;
  return data;
}

}  // namespace latent
