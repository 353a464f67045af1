#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "visual/gallery.h"
#include "visual/grid.h"

namespace latent::visual {
namespace {

constexpr int64_t kPairedColumns = 10;

// Pads a row of images with white ones.
Tensor filled(const Tensor& row, int64_t columns) {
  if (row.size(0) == columns) return row;
  auto shape = row.sizes().vec();
  shape[0] = columns - row.size(0);
  return at::cat({row, at::ones(shape)});
}

// The texts from `first` on, padded to the number of columns.
std::vector<std::string> part(const std::vector<std::string>& texts, int64_t first,
                              int64_t columns) {
  std::vector<std::string> some(static_cast<size_t>(columns));
  for (int64_t i = 0; i < columns && first + i < static_cast<int64_t>(texts.size()); ++i)
    some[static_cast<size_t>(i)] = texts[static_cast<size_t>(first + i)];
  return some;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// Pixels an em of the text of a colour scale below a picture; width 0: it is not known yet.
int64_t scale_text(int64_t width, int64_t height) {
  return std::clamp<int64_t>((width > 0 ? width : height) / 50, 13, 32);
}

Tensor in_colour(const Tensor& images) {
  return images.size(1) == 3 ? images : images.expand({-1, 3, -1, -1});
}

// The mean over the channels of the differences, [N, 1, H, W].
Tensor errors(const Gallery::Group& group) {
  return (group.originals - group.models.clamp(0, 1)).abs().mean(1, /*keepdim=*/true);
}

double largest_error(const std::vector<Gallery::Group>& groups) {
  double most = 0;
  for (const auto& group : groups)
    most = std::max(most, errors(group).nan_to_num(0.0).max().item<double>());
  return most;
}

template <typename Value>
std::vector<Value> slice(const std::vector<Value>& values, size_t first, size_t count) {
  if (first >= values.size()) return {};
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, values.size() - first))};
}

// Breaks groups of more than `columns` examples into several of the same name.
std::vector<Gallery::Group> broken_at(const std::vector<Gallery::Group>& groups, int64_t columns) {
  std::vector<Gallery::Group> parts;
  for (const auto& group : groups) {
    for (int64_t first = 0; first < group.originals.size(0); first += columns) {
      const int64_t count = std::min(columns, group.originals.size(0) - first);
      const auto from = static_cast<size_t>(first), some = static_cast<size_t>(count);
      parts.push_back({.name = group.name,
                       .originals = group.originals.narrow(0, first, count),
                       .models = group.models.narrow(0, first, count),
                       .words = slice(group.words, from, some),
                       .notes = slice(group.notes, from, some),
                       .flagged = slice(group.flagged, from, some)});
    }
  }
  return parts;
}

class ImageGallery : public Gallery {
 public:
  Counts counts(const ImageShape&) const override { return {.pairs = 16, .samples = 64}; }

  void write_pairs(const std::filesystem::path& path, const Tensor& originals, const Tensor& models,
                   const Look& look) const override {
    write_versions(path, {{"image", originals}, {"model", models}}, look);
  }

  // Blocks of as many rows as there are versions; the last ones are filled up with white.
  void write_versions(const std::filesystem::path& path, const std::vector<Version>& versions,
                      const Look& look) const override {
    const int64_t count = versions.front().examples.size(0);
    const int64_t columns = std::min(with_columns(look, kPairedColumns).columns, count);
    int64_t height = 0, width = 0;
    for (const auto& version : versions) {
      height = std::max(height, version.examples.size(2));
      width = std::max(width, version.examples.size(3));
    }
    std::vector<Tensor> all;
    std::vector<std::string> captions;
    GridOptions options = grid_options(look);
    for (int64_t first = 0; first < count; first += columns) {
      for (const auto& version : versions) {
        const Tensor shown = version.examples.narrow(0, first, std::min(columns, count - first));
        all.push_back(filled(framed(shown, height, width), columns));
        captions.push_back(version.name);
        if (look.captions.empty()) continue;
        const bool top = &version == &versions.front();
        append(options.cell_captions,
               top ? part(look.captions, first, columns) : part({}, 0, columns));
      }
    }
    write_picture(rows(all, captions, options), path);
  }

  // Three rows for each group; the errors of all are on one scale of colours.
  void write_differences(const std::filesystem::path& path, const std::vector<Group>& asked,
                         const Look& look) const override {
    const auto groups = broken_at(asked, with_columns(look, kPairedColumns).columns);
    size_t most_words = 0;
    for (const auto& group : groups)
      most_words = std::max(most_words, group.words.size());
    const auto columns = static_cast<int64_t>(most_words);
    const double most = largest_error(groups);
    GridOptions options = grid_options(look);
    std::vector<Tensor> all;
    std::vector<std::string> captions;
    const auto add = [&](const std::string& caption, const Tensor& images,
                         const std::vector<std::string>& below, const std::vector<bool>& marks) {
      captions.push_back(caption);
      all.push_back(filled(in_colour(images), columns));
      append(options.cell_captions, part(below, 0, columns));
      for (size_t i = 0; i < most_words; ++i)
        options.marked.push_back(i < marks.size() && marks[i]);
    };
    for (const auto& group : groups) {
      add(group.name, group.originals, group.words, group.flagged);
      add("model", group.models, {}, {});
      add("error", scale_colours(errors(group), most), group.notes, {});
    }
    const bool any =
        std::find(options.marked.begin(), options.marked.end(), true) != options.marked.end();
    if (!any) options.marked.clear();
    const bool high = options.height > 0;  // the scale must fit in, too
    if (high) options.height -= scale_room(scale_text(options.width, options.height));
    const Picture drawn = rows(all, captions, options);
    const int64_t text =
        high ? scale_text(options.width, look.height) : scale_text(drawn.width, drawn.height);
    write_picture(with_scale(drawn, most, "error of a pixel:", text), path);
  }

  void write_samples(const std::filesystem::path& path, const Tensor& samples,
                     const Look& look) const override {
    GridOptions options = grid_options(look);
    options.cell_captions = look.captions;
    write_picture(grid(samples, options), path);
  }

  void write_manifold(const std::filesystem::path& path, const Tensor& samples,
                      const Look& look) const override {
    GridOptions options = grid_options(look);
    options.gap = 0;
    write_picture(grid(samples, options), path);
  }

  void write_single(const std::filesystem::path& path, const Tensor& sample) const override {
    write_picture(picture(sample), path);
  }
};

}  // namespace

std::unique_ptr<Gallery> image_gallery() { return std::make_unique<ImageGallery>(); }

}  // namespace latent::visual
