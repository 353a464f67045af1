#include "sets/registry.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "data/binarize.h"
#include "data/selection/example_list.h"
#include "data/selection/keep.h"
#include "image/formats.h"

namespace latent {

using Recognised = std::optional<nlohmann::ordered_json>;

// Each is defined in the file of the data set, in sets/.
DatasetPlan configure_celeba(Section& data);
DatasetPlan configure_cifar10(Section& data);
DatasetPlan configure_fashion_mnist(Section& data);
DatasetPlan configure_folder(Section& data);
DatasetPlan configure_idx(Section& data);
DatasetPlan configure_mnist(Section& data);
DatasetPlan configure_npy(Section& data);
DatasetPlan configure_npz(Section& data);
DatasetPlan configure_shapes(Section& data);
DatasetPlan configure_table(Section& data);
std::function<ArrayFile(const std::string&)> array_file_reader(const ImageReading& reading);
Recognised recognise_celeba(const std::filesystem::path& path);
Recognised recognise_cifar10(const std::filesystem::path& path);
Recognised recognise_folder(const std::filesystem::path& path);
Recognised recognise_idx(const std::filesystem::path& path);
Recognised recognise_npy(const std::filesystem::path& path);
Recognised recognise_npz(const std::filesystem::path& path);
Recognised recognise_table(const std::filesystem::path& path);

// In the order in which they are asked whether they recognise a path: first the sets that know
// their files by name, last `folder`, which takes any folder. Otherwise by name.
const Registry<DatasetRow>& datasets() {
  static Registry<DatasetRow> registry(
      "data set",
      {
          {"idx", "your own grey images as IDX files, plain or gzipped, of any size", configure_idx,
           recognise_idx},
          {"celeba", "up to 202,599 aligned faces of 178x218 with 40 attributes", configure_celeba,
           recognise_celeba},
          {"cifar10", "60,000 coloured 32x32 photos in 10 classes: the binary batches",
           configure_cifar10, recognise_cifar10},
          {"fashion_mnist", "70,000 grey 28x28 pictures of clothes in 10 classes",
           configure_fashion_mnist},
          {"mnist", "70,000 grey 28x28 handwritten digits", configure_mnist},
          {"npy", "your own images and labels as NumPy arrays, a file each", configure_npy,
           recognise_npy},
          {"npz", "your own images and labels as NumPy arrays in one file, such as dSprites",
           configure_npz, recognise_npz},
          {"shapes", "drawn on the fly: squares, ellipses and hearts with known factors",
           configure_shapes},
          {"table", "rows of numbers from a CSV file: points, sensor traces; for dense networks",
           configure_table, recognise_table},
          {"folder", "a folder of your own images: " + image_format_names(), configure_folder,
           recognise_folder},
      });
  return registry;
}

std::string DatasetPlan::keep_rule() const { return list_file(keep) ? "" : keep; }

DatasetPlan configure_dataset(Section data) {
  std::string name;
  data.read("name", name, "the data set: " + join(datasets().names()));
  if (name.empty()) data.missing("name", "one of " + join(datasets().names()));
  DatasetPlan plan = datasets().find(name, data.where("name")).configure(data);
  Binarization binarization;
  if (!plan.is_table()) {
    binarization.read(data);
    plan.open = [open = plan.open, binarization] { return binarized(open(), binarization); };
  } else if (data.has("binarize")) {
    throw Error(data.where("binarize") + ": given for a table; expected a data set of images");
  }
  read_keep(data, plan.keep);
  if (!plan.keep.empty()) {
    plan.grid = nullptr;  // it would draw what the rule leaves out
    plan.open = [open = plan.open, keep = plan.keep, key = data.where("keep")] {
      return keep_only(open(), keep, key);
    };
  }
  if (!plan.is_table()) {
    plan.augmentation.read(data);
    plan.augmentation.binarize(binarization.kind == Binarization::Kind::kDynamic);
    if (!plan.read_array) plan.read_array = array_file_reader(plan.reading);
  } else if (data.has("augment")) {
    throw Error(data.where("augment") + ": given for a table; expected a data set of images");
  }
  return plan;
}

}  // namespace latent
