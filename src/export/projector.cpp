#include "export/projector.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/system/file.h"
#include "image/picture.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kLargestSprite = 8192;   // pixels a side
constexpr int64_t kLargestThumbnail = 64;  // of a picture's longer side
constexpr int64_t kImagesAtOnce = 500;
constexpr int64_t kFewestColumns = 3;  // with fewer the projector's first view shows no point

struct Sprite {
  Picture picture;
  int64_t width = 0, height = 0;  // of one image
};

// The cells of a table in which a tab or a line break would begin another.
std::string cell(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

// The columns of tensors.tsv: the latents, and zeros if they are few.
int64_t column_count(const ProjectorPoints& points) {
  return std::max(points.latents.size(1), kFewestColumns);
}

std::string rows_of(const ProjectorPoints& points) {
  const int64_t missing = column_count(points) - points.latents.size(1);
  const Tensor values =
      at::constant_pad_nd(points.latents.to(at::kCPU, at::kFloat), {0, missing}).contiguous();
  const float* at = values.const_data_ptr<float>();
  std::string text;
  for (int64_t row = 0; row < values.size(0); ++row) {
    for (int64_t i = 0; i < values.size(1); ++i)
      text += fmt::format("{}{}", i == 0 ? "" : "\t", *at++);
    text += "\n";
  }
  return text;
}

std::string attribute_cell(const Attribute& attribute, const std::vector<std::string>& words,
                           double value) {
  if (std::isnan(value)) return "";
  const auto index = static_cast<size_t>(std::max(value, 0.0));
  const bool word = index < words.size() && static_cast<double>(index) == value;
  return word ? cell(words[index]) : attribute.classes.empty() ? fmt::format("{}", value) : "";
}

std::string metadata_of(const ProjectorPoints& points) {
  std::string text = "index\tname";
  std::vector<std::vector<std::string>> words;
  std::vector<Tensor> values;
  for (const auto& attribute : points.attributes) {
    text += '\t';
    text += cell(attribute.name);
    words.push_back(attribute.words());
    values.push_back(attribute.values.to(at::kCPU, at::kDouble).contiguous());
  }
  text += "\n";
  for (size_t row = 0; row < points.names.size(); ++row) {
    text += fmt::format("{}\t{}", row, cell(points.names[row]));
    for (size_t i = 0; i < values.size(); ++i) {
      text += '\t';
      text +=
          attribute_cell(points.attributes[i], words[i], values[i].const_data_ptr<double>()[row]);
    }
    text += "\n";
  }
  return text;
}

// The largest size of a thumbnail of the shape for which `side` x `side` of them fit the sprite.
std::pair<int64_t, int64_t> thumbnail_size(int64_t width, int64_t height, int64_t side) {
  const int64_t most = std::min(kLargestThumbnail, std::max<int64_t>(kLargestSprite / side, 1));
  const int64_t longer = std::max(width, height);
  if (longer <= most) return {width, height};
  const auto scaled = [&](int64_t length) { return std::max<int64_t>(length * most / longer, 1); };
  return {scaled(width), scaled(height)};
}

// Copies pictures [B, C, h, w] into the squares from `first` on.
void paste(Sprite& sprite, const Tensor& images, int64_t first, int64_t side) {
  const Tensor bytes = images.mul(255).round().clamp(0, 255).to(at::kByte).permute({0, 2, 3, 1});
  const Tensor rows = bytes.contiguous();  // [B, h, w, C]
  const uint8_t* from = rows.const_data_ptr<uint8_t>();
  const int64_t length = sprite.width * sprite.picture.channels;
  for (int64_t i = 0; i < rows.size(0); ++i) {
    const int64_t x = (first + i) % side * sprite.width, y = (first + i) / side * sprite.height;
    for (int64_t row = 0; row < sprite.height; ++row, from += length)
      std::copy(from, from + length, sprite.picture.at(x, y + row));
  }
}

Sprite sprite_of(const ProjectorPoints& points) {
  const int64_t count = points.latents.size(0);
  const auto side = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  Sprite sprite;
  for (int64_t first = 0; first < count; first += kImagesAtOnce) {
    Tensor images = points.images(first, std::min(kImagesAtOnce, count - first)).cpu();
    const auto [width, height] = thumbnail_size(images.size(3), images.size(2), side);
    if (width != images.size(3) || height != images.size(2))
      images = at::adaptive_avg_pool2d(images.contiguous(), {height, width});
    if (first == 0) {
      sprite.width = width;
      sprite.height = height;
      sprite.picture = Picture(side * width, side * height, images.size(1), 255);
    }
    paste(sprite, images, first, side);
  }
  return sprite;
}

Json page_config(const ProjectorPoints& points, const Sprite& sprite) {
  Json embedding{{"tensorName", "latents"},
                 {"tensorShape", {points.latents.size(0), column_count(points)}},
                 {"tensorPath", "tensors.tsv"},
                 {"metadataPath", "metadata.tsv"}};
  if (points.images) {
    embedding["sprite"] = {{"imagePath", "sprite.png"},
                           {"singleImageDim", {sprite.width, sprite.height}}};
  }
  return {{"embeddings", {embedding}}};
}

std::string board_config(const ProjectorPoints& points, const Sprite& sprite) {
  std::string text =
      "embeddings {\n  tensor_name: \"latents\"\n  tensor_path: \"tensors.tsv\"\n"
      "  metadata_path: \"metadata.tsv\"\n";
  if (points.images) {
    text += fmt::format(
        "  sprite {{\n    image_path: \"sprite.png\"\n    single_image_dim: {}\n"
        "    single_image_dim: {}\n  }}\n",
        sprite.width, sprite.height);
  }
  return text + "}\n";
}

}  // namespace

std::vector<std::string> write_projector(const fs::path& folder, const ProjectorPoints& points) {
  std::vector<std::string> written;
  make_directories(folder);
  const auto write = [&](const char* name, const std::string& text) {
    write_file(folder / name, text);
    written.push_back((folder / name).string());
  };
  Sprite sprite;
  if (points.images) {
    sprite = sprite_of(points);
    write_png(sprite.picture, folder / "sprite.png");
    written.push_back((folder / "sprite.png").string());
  }
  write("tensors.tsv", rows_of(points));
  write("metadata.tsv", metadata_of(points));
  write("projector_config.json", page_config(points, sprite).dump(2) + "\n");
  write("projector_config.pbtxt", board_config(points, sprite));
  return written;
}

}  // namespace latent
