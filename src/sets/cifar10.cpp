// The data set `cifar10`: its binary batches. Source of the format:
// https://www.cs.toronto.edu/~kriz/cifar.html, "binary version".
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "core/error.h"
#include "core/system/file.h"
#include "data/locations.h"
#include "data/prepare/fit.h"
#include "sets/registry.h"
#include "sets/train_test_dataset.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kSide = 32, kChannels = 3;
constexpr int64_t kRecord = 1 + kChannels * kSide * kSide;  // a label and three planes of pixels
constexpr size_t kLargestBatch = size_t{1} << 30;
constexpr size_t kLargestText = 4096;

const std::vector<std::string> kClasses{"airplane", "automobile", "bird",  "cat",  "deer",
                                        "dog",      "frog",       "horse", "ship", "truck"};
const std::vector<std::string> kTrainFiles{"data_batch_1.bin", "data_batch_2.bin",
                                           "data_batch_3.bin", "data_batch_4.bin",
                                           "data_batch_5.bin"};
const std::string kTestFile = "test_batch.bin";
const std::string kUnpacked = "cifar-10-batches-bin";  // the folder in the archive

// The folder itself, or the one that the archive unpacks to.
fs::path find_batches(const fs::path& folder) {
  const fs::path unpacked = folder / kUnpacked;
  std::error_code ignored;
  return fs::is_directory(unpacked, ignored) ? unpacked : folder;
}

void check_files(const fs::path& folder) {
  auto names = kTrainFiles;
  names.push_back(kTestFile);
  for (const auto& name : names) {
    std::error_code ignored;
    if (fs::exists(folder / name, ignored)) continue;
    throw Error((folder / name).string() +
                ": no such file; unpack https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz "
                "there, or set data.dir or LATENT_DATA");
  }
}

std::vector<std::string> read_classes(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return kClasses;
  std::vector<std::string> words;
  std::istringstream lines(read_file(file, kLargestText));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) words.push_back(line);
  }
  if (words.size() != kClasses.size()) {
    throw Error(fmt::format("{}: {} class names; expected {}, one a line", file.string(),
                            words.size(), kClasses.size()));
  }
  return words;
}

// One batch file as records: [N, kRecord] uint8.
Tensor read_records(const fs::path& file) {
  const std::string bytes = read_file(file, kLargestBatch);
  const auto size = static_cast<int64_t>(bytes.size());
  if (size == 0 || size % kRecord != 0) {
    throw Error(fmt::format(
        "{}: {} bytes; expected a multiple of {}, a label and 3x32x32 values for each image; "
        "unpack the archive again",
        file.string(), size, kRecord));
  }
  return at::from_blob(const_cast<char*>(bytes.data()), {size / kRecord, kRecord}, at::kByte)
      .clone();
}

Examples load_batches(const std::vector<fs::path>& files, const std::vector<std::string>& classes,
                      const Fit& fit, int64_t limit) {
  std::vector<Tensor> labels, pixels;
  int64_t left = limit > 0 ? limit : INT64_MAX;
  for (const auto& file : files) {
    if (left == 0) break;
    Tensor records = read_records(file);
    records = records.narrow(0, 0, std::min(left, records.size(0)));
    left -= records.size(0);
    labels.push_back(class_attribute("label", records.select(1, 0), classes, file.string()).values);
    const Tensor planes = records.narrow(1, 1, kRecord - 1);
    pixels.push_back(fit.apply(planes.reshape({-1, kChannels, kSide, kSide})
                                   .permute({0, 2, 3, 1})  // [N, 32, 32, 3]
                                   .contiguous()));
  }
  Examples examples;
  examples.pixels = at::cat(pixels);
  examples.attributes.push_back({"label", at::cat(labels), classes});
  return examples;
}

}  // namespace

DatasetPlan configure_cifar10(Section& data) {
  std::string directory;
  data.read("dir", directory,
            "folder of the binary batches, or of the archive's own folder; by default "
            "$LATENT_DATA/cifar10 or data/cifar10",
            OnResume::kSameData);
  TrainTestOptions options;
  options.read(data);
  const Fit fit(data);
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    const fs::path folder = find_batches(data_folder(directory, "cifar10"));
    check_files(folder);
    const auto classes = read_classes(folder / "batches.meta.txt");
    const auto loader = [&](const std::vector<std::string>& names) -> TrainTestDataset::Loader {
      std::vector<fs::path> files;
      for (const auto& name : names)
        files.push_back(folder / name);
      return [=](int64_t limit) { return load_batches(files, classes, fit, limit); };
    };
    return std::make_unique<TrainTestDataset>(loader(kTrainFiles), loader({kTestFile}), options);
  };
  return {open, [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

std::optional<Json> recognise_cifar10(const fs::path& path) {
  for (const fs::path& folder : {path, path / kUnpacked}) {
    if (std::error_code ignored; fs::exists(folder / kTrainFiles.front(), ignored))
      return Json{{"name", "cifar10"}, {"dir", folder.string()}};
  }
  return std::nullopt;
}

}  // namespace latent
