// The data sets `npy` and `npz`: images, and labels, in NumPy arrays.
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "data/recognise.h"
#include "data/registry.h"
#include "data/sets/array_set.h"
#include "format/npz.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

ArraySetOptions read_array_options(Section& data) {
  ArraySetOptions options;
  options.array.read(data);
  data.read("label_names", options.label_names,
            "names for the columns of labels that are a matrix; []: the array's name and a number");
  options.label_names_key = data.where("label_names");
  options.splits.read(data);
  return options;
}

/// The names of the arrays: files for npy, arrays of the archive for npz.
struct Names {
  std::string images, labels, test_images, test_labels;

  void check(Section& data) const {
    if (!test_images.empty() || test_labels.empty()) return;
    throw Error(data.where("test_labels") +
                ": given without test_images; expected both or neither");
  }
};

// Changes whenever the file may have changed.
std::string fingerprint(const fs::path& file) {
  std::error_code ignored;
  return fmt::format("{} {} {}", fs::absolute(file).string(), fs::file_size(file, ignored),
                     fs::last_write_time(file, ignored).time_since_epoch().count());
}

ArrayPart file_part(const std::string& images, const std::string& labels) {
  const auto opener = [](const std::string& file) -> OpenStream {
    if (file.empty()) return {};
    return [file] { return open_stream(file); };
  };
  return {opener(images), opener(labels), fs::path(labels).stem().string(), fingerprint(images)};
}

ArrayPart archive_part(const std::shared_ptr<NpzArchive>& archive, const std::string& images,
                       const std::string& labels) {
  const auto opener = [&](const std::string& array) -> OpenStream {
    if (array.empty()) return {};
    return [archive, array] { return archive->open(array); };
  };
  return {opener(images), opener(labels), labels, fingerprint(archive->name()) + " " + images};
}

// Returns the first array that can hold images. An array that cannot be read (of objects, for
// example) is an error only if no other array can hold images.
std::string find_image_array(const NpzArchive& archive) {
  std::string unreadable;
  for (const auto& array : archive.arrays()) {
    try {
      const auto dimensions = read_npy_header(*archive.open(array)).shape.size();
      if (dimensions == 3 || dimensions == 4) return array;
    } catch (const Error& reason) {
      if (unreadable.empty()) unreadable = reason.what();
    }
  }
  throw Error((unreadable.empty() ? archive.name() + ": no" : unreadable + "; no other") +
              " array of 3 or 4 dimensions; it holds " + join(archive.arrays()) +
              "; data.images names the array of images");
}

}  // namespace

DatasetPlan configure_npy(Section& data) {
  Names files;
  data.read("images", files.images, "NPY file of the training images; required");
  data.read("labels", files.labels, "NPY file of their labels: N integers or numbers, or NxK");
  data.read("test_images", files.test_images, "NPY file of the test images");
  data.read("test_labels", files.test_labels, "NPY file of their labels");
  const ArraySetOptions options = read_array_options(data);
  const Fit fit(data);
  if (files.images.empty()) data.missing("images", "the NPY file of the training images");
  files.check(data);
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    const auto test = files.test_images.empty()
                          ? std::nullopt
                          : std::optional(file_part(files.test_images, files.test_labels));
    return make_array_dataset(file_part(files.images, files.labels), test, options, fit);
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
  const ArraySetOptions options = read_array_options(data);
  const Fit fit(data);
  if (file.empty()) data.missing("file", "an NPZ file");
  arrays.check(data);
  const auto open = [=]() -> std::unique_ptr<Dataset> {
    const auto archive = std::make_shared<NpzArchive>(file);
    const std::string images = arrays.images.empty() ? find_image_array(*archive) : arrays.images;
    const auto test =
        arrays.test_images.empty()
            ? std::nullopt
            : std::optional(archive_part(archive, arrays.test_images, arrays.test_labels));
    return make_array_dataset(archive_part(archive, images, arrays.labels), test, options, fit);
  };
  return {open, [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

std::optional<Json> recognise_npy(const fs::path& path) {
  if (!is_file_called(path, ".npy")) return std::nullopt;
  return Json{{"name", "npy"}, {"images", path.string()}};
}

std::optional<Json> recognise_npz(const fs::path& path) {
  if (!is_file_called(path, ".npz")) return std::nullopt;
  return Json{{"name", "npz"}, {"file", path.string()}};
}

}  // namespace latent
