// The sets that come as IDX files: mnist, fashion_mnist, and any files of the user's in that
// format.
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <optional>

#include "core/error.h"
#include "data/fit.h"
#include "data/idx.h"
#include "data/place.h"
#include "data/registry.h"
#include "data/split.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr double kDefaultValidation =
    0.1;  // of a set without test images, which needs a validation set anyway

/// One pair of files; without labels the path is empty, without images the split does not exist.
struct Files {
  fs::path images;
  fs::path labels;
};

/// The keys that all IDX sets share.
struct Options {
  double validation = 0.0;
  int64_t split_seed = 0;
  int64_t count = 0;
  std::string validation_key;
};

Options read_options(Section& data) {
  Options options;
  data.read("validation", options.validation, from_below(0, 1),
            "fraction of the training images held out for validation; 0: the test set serves as "
            "validation set");
  data.read("split_seed", options.split_seed, at_least(0),
            "seed of the draw of the validation images");
  data.read("count", options.count, at_least(0),
            "use only the first so many training images; 0: all");
  options.validation_key = data.where("validation");
  return options;
}

class IdxDataset : public Dataset {
 public:
  IdxDataset(Files train, Files test, std::vector<std::string> classes, Options options, Fit fit)
      : train_(std::move(train)),
        test_(std::move(test)),
        classes_(std::move(classes)),
        options_(std::move(options)),
        fit_(std::move(fit)) {}

  Examples load(Split split) const override {
    const bool carved = carved_fraction() > 0;
    if (split == Split::kTest && has_test()) return load_files(test_, 0);
    if (split != Split::kTrain && !carved) return load_files(test_, 0);
    Examples all = load_files(train_, options_.count);
    if (!carved) return all;
    const auto parts = carve(all.count(), carved_fraction(),
                             static_cast<uint64_t>(options_.split_seed), options_.validation_key);
    return all.select(split == Split::kTrain ? parts.train : parts.validation);
  }

  std::string remark() const override {
    if (!has_test()) {
      return fmt::format(
          "the data set has no test images: {}% of the training images, drawn by data.split_seed, "
          "serve as validation and test set (data.test_images names a test set)",
          carved_fraction() * 100);
    }
    if (carved_fraction() > 0) return "";
    return "the data set has no validation images: its test set serves as validation set "
           "(data.validation: 0.1 carves one out of the training images)";
  }

 private:
  bool has_test() const { return !test_.images.empty(); }

  double carved_fraction() const {
    return options_.validation > 0 || has_test() ? options_.validation : kDefaultValidation;
  }

  Examples load_files(const Files& files, int64_t limit) const {
    Tensor images = read_idx(files.images, 3);  // [N, H, W]
    Examples examples;
    if (!files.labels.empty()) examples.attributes.push_back(read_labels(files, images.size(0)));
    if (limit > 0 && limit < images.size(0)) {
      images = images.narrow(0, 0, limit);
      for (auto& attribute : examples.attributes)
        attribute.values = attribute.values.narrow(0, 0, limit).clone();
    }
    examples.pixels = fit_.apply(images.unsqueeze(-1)).contiguous();  // [N, H, W, 1]
    return examples;
  }

  Attribute read_labels(const Files& files, int64_t count) const {
    const Tensor labels = read_idx(files.labels, 1);
    if (labels.size(0) != count) {
      throw Error(fmt::format("{}: {} labels; expected {}, one for each image of {}",
                              files.labels.string(), labels.size(0), count, files.images.string()));
    }
    const auto largest = labels.max().item<int64_t>();
    std::vector<std::string> words = classes_;
    if (words.empty()) {
      for (int64_t label = 0; label <= largest; ++label)
        words.push_back(std::to_string(label));
    } else if (largest >= static_cast<int64_t>(words.size())) {
      throw Error(fmt::format("{}: label {} at index {}; expected 0 to {}", files.labels.string(),
                              largest, labels.argmax().item<int64_t>(), words.size() - 1));
    }
    return {"label", labels.to(at::kDouble), words};
  }

  Files train_;
  Files test_;
  std::vector<std::string> classes_;
  Options options_;
  Fit fit_;
};

// The official name or the same with .gz; the plain file wins.
fs::path find_official(const fs::path& folder, const std::string& name, const std::string& set) {
  for (const std::string& candidate : {name, name + ".gz"}) {
    std::error_code ignored;
    if (fs::exists(folder / candidate, ignored)) return folder / candidate;
  }
  throw Error((folder / name).string() +
              ": no such file, nor with .gz; run scripts/fetch_data.sh " + set +
              ", or say where it is with data.dir or LATENT_DATA");
}

DatasetPlan configure_official(Section& data, const std::string& set, const std::string& folder,
                               std::vector<std::string> classes) {
  std::string directory;
  data.read("dir", directory,
            "folder of the files; by default $LATENT_DATA/" + folder + " or data/" + folder);
  const Options options = read_options(data);
  const Fit fit(data);
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    const fs::path place = data_folder(directory, folder);
    const auto files = [&](const std::string& part) {
      return Files{find_official(place, part + "-images-idx3-ubyte", set),
                   find_official(place, part + "-labels-idx1-ubyte", set)};
    };
    const Files train = files("train"), test = files("t10k");
    return std::make_unique<IdxDataset>(train, test, classes, options, fit);
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
  data.read("images", images, "IDX file of the training images, plain or gzipped; required");
  data.read("labels", labels, "IDX file of their labels");
  data.read("test_images", test_images, "IDX file of the test images");
  data.read("test_labels", test_labels, "IDX file of their labels");
  const Options options = read_options(data);
  const Fit fit(data);
  if (images.empty())
    throw Error(data.where("images") + ": missing; expected the IDX file of the training images");
  if (test_images.empty() && !test_labels.empty()) {
    throw Error(data.where("test_labels") +
                ": given without test_images; expected both or neither");
  }
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    for (const auto& file : {images, labels, test_images, test_labels}) {
      if (!file.empty() && !fs::exists(file)) throw Error(file + ": no such file");
    }
    return std::make_unique<IdxDataset>(Files{images, labels}, Files{test_images, test_labels},
                                        std::vector<std::string>{}, options, fit);
  };
  return {open, [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

}  // namespace latent
