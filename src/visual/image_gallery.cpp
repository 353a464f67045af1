#include <ATen/ATen.h>

#include <algorithm>

#include "visual/gallery.h"
#include "visual/grid.h"

namespace latent::visual {
namespace {

// Pads a row of images with white ones.
Tensor filled(const Tensor& row, int64_t columns) {
  if (row.size(0) == columns) return row;
  auto shape = row.sizes().vec();
  shape[0] = columns - row.size(0);
  return at::cat({row, at::ones(shape)});
}

class ImageGallery : public Gallery {
 public:
  Counts counts(const ImageShape&) const override { return {.pairs = 16, .samples = 64}; }

  void write_pairs(const std::filesystem::path& path, const Tensor& originals, const Tensor& models,
                   int64_t columns) const override {
    write_versions(path, {{"image", originals}, {"model", models}}, columns);
  }

  // Blocks of as many rows as there are versions; the last ones are filled up with white.
  void write_versions(const std::filesystem::path& path, const std::vector<Version>& versions,
                      int64_t columns) const override {
    const int64_t count = versions.front().examples.size(0);
    columns = std::min(columns, count);
    int64_t height = 0, width = 0;
    for (const auto& version : versions) {
      height = std::max(height, version.examples.size(2));
      width = std::max(width, version.examples.size(3));
    }
    std::vector<Tensor> all;
    std::vector<std::string> captions;
    for (int64_t first = 0; first < count; first += columns) {
      for (const auto& version : versions) {
        const Tensor part = version.examples.narrow(0, first, std::min(columns, count - first));
        all.push_back(filled(framed(part, height, width), columns));
        captions.push_back(version.name);
      }
    }
    write_png(rows(all, captions), path);
  }

  // Three rows for each group; the difference is black where there is none.
  void write_differences(const std::filesystem::path& path,
                         const std::vector<Group>& groups) const override {
    size_t columns = 0;
    for (const auto& group : groups)
      columns = std::max(columns, group.words.size());
    std::vector<Tensor> all;
    GridOptions options;
    std::vector<std::string> captions;
    const auto add = [&](const std::string& caption, const Tensor& images,
                         std::vector<std::string> below) {
      captions.push_back(caption);
      all.push_back(filled(images, static_cast<int64_t>(columns)));
      below.resize(columns);
      options.cell_captions.insert(options.cell_captions.end(), below.begin(), below.end());
    };
    for (const auto& group : groups) {
      add(group.name, group.originals, group.words);
      add("model", group.models, {});
      add("difference", (group.originals - group.models.clamp(0, 1)).abs(), group.notes);
    }
    write_png(rows(all, captions, options), path);
  }

  void write_samples(const std::filesystem::path& path, const Tensor& samples,
                     int64_t columns) const override {
    write_png(grid(samples, {.columns = columns}), path);
  }

  void write_manifold(const std::filesystem::path& path, const Tensor& samples,
                      int64_t side) const override {
    write_png(grid(samples, {.columns = side, .gap = 0}), path);
  }

  void write_single(const std::filesystem::path& path, const Tensor& sample) const override {
    write_png(picture(sample), path);
  }
};

}  // namespace

std::unique_ptr<Gallery> image_gallery() { return std::make_unique<ImageGallery>(); }

}  // namespace latent::visual
