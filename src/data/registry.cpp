#include "data/registry.h"

#include "core/error.h"
#include "data/keep.h"

namespace latent {

// clang-format off
// A line a data set; its file defines configure_NAME.
#define DATASETS(row)                                                                      \
  row(celeba, "up to 202,599 aligned faces of 178x218 with 40 attributes")                 \
  row(cifar10, "60,000 coloured 32x32 photos in 10 classes: the binary batches")           \
  row(fashion_mnist, "70,000 grey 28x28 pictures of clothes in 10 classes")                \
  row(folder, "a folder of your own images: JPEG, PNG, BMP, TIFF, WebP")                   \
  row(idx, "your own grey images as IDX files, plain or gzipped, of any size")             \
  row(mnist, "70,000 grey 28x28 handwritten digits")                                       \
  row(npy, "your own images and labels as NumPy arrays, a file each")                      \
  row(npz, "your own images and labels as NumPy arrays in one file, such as dSprites")     \
  row(shapes, "drawn on the fly: squares, ellipses and hearts with known factors")         \
  row(table, "rows of numbers from a CSV file: points, sensor traces; for dense networks")
// clang-format on

#define DECLARE(name, ...) DatasetPlan configure_##name(Section& data);
DATASETS(DECLARE)
#undef DECLARE

const Registry<DatasetRow>& datasets() {
#define ROW(name, summary) {#name, summary, configure_##name},
  static const Registry<DatasetRow> registry("data set", {DATASETS(ROW)});
#undef ROW
  return registry;
}

DatasetPlan configure_dataset(Section data) {
  std::string name;
  data.read("name", name, "the data set: " + join(datasets().names()));
  if (name.empty()) data.missing("name", "one of " + join(datasets().names()));
  DatasetPlan plan = datasets().find(name, data.where("name")).configure(data);
  read_keep(data, plan.keep);
  if (!plan.keep.empty()) {
    plan.open = [open = plan.open, rule = plan.keep, key = data.where("keep")] {
      return keep_only(open(), rule, key);
    };
  }
  if (!plan.is_table()) {
    plan.augmentation.read(data);
  } else if (data.has("augment")) {
    throw Error(data.where("augment") + ": given for a table; expected a data set of images");
  }
  return plan;
}

}  // namespace latent
