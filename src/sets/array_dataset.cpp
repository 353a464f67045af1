// The data sets `npy` and `npz`: images, and labels, in NumPy arrays.
#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "data/recognise.h"
#include "sets/array_file.h"
#include "sets/array_parts.h"
#include "sets/array_twins.h"
#include "sets/registry.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

ArraySetOptions read_array_options(Section& data) {
  ArraySetOptions options;
  options.array.read(data);
  data.read("label_names", options.label_names.names,
            "names for the columns of labels that are a matrix; []: the array's name and a number");
  options.label_names.key = data.where("label_names");
  options.splits.read(data);
  options.policy = SkipPolicy(data);
  return options;
}

// Reads the keys that both sets have besides `images`. array: "NPY file", "array".
void read_names(Section& data, ArrayNames& names, const std::string& array) {
  const std::string by_name = names.labels.empty() ? "" : "; auto: found by its name; \"\": none";
  data.read("labels", names.labels,
            array +
                " of their labels: N or Nx1 integers, numbers or words, or NxK; also "
                "FILE.npz or FILE.npz:ARRAY" +
                by_name,
            OnResume::kSameData);
  data.read("validation_images", names.validation_images,
            array + " of the validation images" + by_name, OnResume::kSameData);
  data.read("validation_labels", names.validation_labels, array + " of their labels" + by_name,
            OnResume::kSameData);
  data.read("test_images", names.test_images, array + " of the test images" + by_name,
            OnResume::kSameData);
  data.read("test_labels", names.test_labels, array + " of their labels" + by_name,
            OnResume::kSameData);
}

void check_names(Section& data, const ArrayNames& names) {
  const auto given = [](const std::string& name) { return !name.empty() && name != kByName; };
  for (const auto& [part, images, labels] :
       {std::tuple{"test", &names.test_images, &names.test_labels},
        std::tuple{"validation", &names.validation_images, &names.validation_labels}}) {
    if (given(*images) || !given(*labels)) continue;
    throw Error(data.where(std::string(part) + "_labels") + ": given without " + part +
                "_images; expected both or neither");
  }
}

// A share of the training images that is asked for stands for the validation arrays, whose names
// may have been guessed.
void hold_out_instead(ArrayParts& parts, double share) {
  if (!parts.validation) return;
  parts.validation.reset();
  parts.note += fmt::format(
      "{}the validation arrays are not used: data.validation holds out {:g} of the training images "
      "instead",
      parts.note.empty() ? "" : "; ", share);
}

DatasetPlan plan_of(const std::string& file, const ArrayNames& names,
                    const ArraySetOptions& options, const Fit& fit) {
  const ArrayFileOptions elsewhere{options.array, {}};
  return {.open = [=]() -> std::unique_ptr<Dataset> {
            ArrayParts parts = open_arrays(file, names);
            if (options.splits.validation > 0) hold_out_instead(parts, options.splits.validation);
            return make_array_dataset(parts, options, fit);
          },
          .fit = [fit](const Tensor& pixels) { return fit.apply(pixels); },
          .read_array = [=](const std::string& path) { return read_array_file(path, elsewhere); },
          .skips_broken = options.policy.skips()};
}

Json with_names(Json data, const ArrayNames& names) {
  for (const auto& [key, name] : {std::pair{"images", &names.images},
                                  {"labels", &names.labels},
                                  {"validation_images", &names.validation_images},
                                  {"validation_labels", &names.validation_labels},
                                  {"test_images", &names.test_images},
                                  {"test_labels", &names.test_labels}}) {
    if (!name->empty()) data[key] = *name;
  }
  return data;
}

// The arrays of the archive; if it has images only, labels and test images in archives beside it.
Json data_of_archive(const fs::path& path) {
  const Json bare{{"name", "npz"}, {"file", path.string()}};
  try {
    ArrayNames names = names_by_convention(headers_of(path.string()));
    if (names.images.empty()) return bare;
    if (names.labels.empty() && names.test_images.empty()) {
      const std::string images = names.images;
      names = twins_beside(path);
      names.images = images;
    }
    return with_names(bare, names);
  } catch (const Error&) {
    return bare;  // whoever opens it says what is wrong
  }
}

}  // namespace

DatasetPlan configure_npy(Section& data) {
  ArrayNames files;
  data.read("images", files.images, "NPY file of the training images; required",
            OnResume::kSameData);
  read_names(data, files, "NPY file");
  const ArraySetOptions options = read_array_options(data);
  const Fit fit(data);
  if (files.images.empty()) data.missing("images", "the NPY file of the training images");
  check_names(data, files);
  return plan_of("", files, options, fit);
}

DatasetPlan configure_npz(Section& data) {
  std::string file;
  ArrayNames arrays{kByName, kByName, kByName, kByName, kByName, kByName};
  data.read("file", file, "NPZ file, as numpy.savez writes; required", OnResume::kSameData);
  data.read("images", arrays.images,
            "array of the training images; auto: by its name, such as x_train, train_images, "
            "images, X, arr_0, or the only one of 3 or 4 dimensions; then the others are found "
            "too; \"\": the first of 3 or 4 dimensions",
            OnResume::kSameData);
  read_names(data, arrays, "array");
  const ArraySetOptions options = read_array_options(data);
  const Fit fit(data);
  if (file.empty()) data.missing("file", "an NPZ file");
  check_names(data, arrays);
  return plan_of(file, arrays, options, fit);
}

std::optional<Json> recognise_npy(const fs::path& path) {
  fs::path images = path;
  if (std::error_code ignored; fs::is_directory(path, ignored)) {
    images = training_file_in(path);
    if (images.empty()) return std::nullopt;
  } else if (!is_file_called(path, ".npy")) {
    return std::nullopt;
  }
  ArrayNames names = twins_beside(images);
  names.images = images.string();
  return with_names({{"name", "npy"}}, names);
}

std::optional<Json> recognise_npz(const fs::path& path) {
  if (!is_file_called(path, ".npz")) return std::nullopt;
  return data_of_archive(path);
}

}  // namespace latent
