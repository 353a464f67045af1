#include "explore/static_export.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/text/base64.h"
#include "explore/page.h"
#include "image/codecs.h"
#include "image/picture.h"
#include "space/samplers.h"
#include "visual/grid.h"

namespace latent::explore {
namespace {

constexpr size_t kLargestSprites = size_t{6} << 20;  // bytes; base64 makes a third more of them
constexpr int64_t kLargestThumbnail = 32, kGridSide = 24, kSpriteColumns = 100;

/// Many pictures side by side as one.
struct Sprites {
  std::string url;  // "data:image/jpeg;base64,..."
  int64_t width = 0, height = 0, columns = 1;

  Json json() const {
    return {{"url", url}, {"width", width}, {"height", height}, {"columns", columns}};
  }
};

// Shrinks images by averaging so that no side is longer than `most`.
Tensor shrunk(const Tensor& images, int64_t most) {
  const int64_t height = images.size(2), width = images.size(3), longest = std::max(height, width);
  if (longest <= most) return images;
  const auto to = [&](int64_t side) { return std::max<int64_t>(1, side * most / longest); };
  return at::adaptive_avg_pool2d(images, {to(height), to(width)});
}

std::string data_url(const std::string& bytes, const char* type) {
  std::string url = "data:image/";
  url += type;
  url += ";base64,";
  return url + base64(bytes);
}

// The best quality that fits; a PNG without image codecs.
Sprites sprites_of(const Tensor& images, size_t largest) {
  Sprites sprites{.url = {}, .width = images.size(3), .height = images.size(2), .columns = 1};
  sprites.columns = std::min(kSpriteColumns, images.size(0));
  const Picture sheet = visual::grid(images, {.columns = sprites.columns, .gap = 0, .scale = 1});
  if (!have_codecs()) {
    sprites.url = data_url(png_bytes(sheet, "sprites"), "png");
    return sprites;
  }
  std::string bytes;
  for (const int64_t quality : {85, 70, 55, 40, 25}) {
    bytes = encode_lossy(sheet, Compression::kJpeg, quality);
    if (bytes.size() <= largest) break;
  }
  sprites.url = data_url(bytes, "jpeg");
  return sprites;
}

Tensor small_images(const Examples& examples, const Tensor& rows) {
  std::vector<Tensor> all;
  for (const Tensor& part : rows.split(500))
    all.push_back(shrunk(examples.images(part), kLargestThumbnail));
  return at::cat(all);
}

std::string floats_of(const Frame& frame, const Tensor& rows, int64_t columns) {
  const Tensor all =
      at::from_blob(const_cast<char*>(frame.bytes.data()),
                    {static_cast<int64_t>(frame.bytes.size()) / 4 / columns, columns}, at::kFloat);
  const Tensor chosen = all.index_select(0, rows).contiguous();
  return base64({static_cast<const char*>(chosen.const_data_ptr()), chosen.nbytes()});
}

Json stored(const Frame& frame, const Tensor& rows, int64_t columns) {
  return {{"head", frame.head}, {"floats", floats_of(frame, rows, columns)}};
}

// The decoded plane of two latents: where its corners lie, and its pictures.
Json grid_json(RunExplorer& explorer, const Json& info) {
  const auto low = info["low"].get<std::vector<double>>();
  const auto high = info["high"].get<std::vector<double>>();
  const Tensor x = at::linspace(low[0], high[0], kGridSide, at::kFloat);
  const Tensor y = at::linspace(high[1], low[1], kGridSide, at::kFloat);
  const Tensor z = at::stack({x.repeat({kGridSide}), y.repeat_interleave(kGridSide)}, 1);
  const Tensor images = shrunk(explorer.decoded(z, {}), 2 * kLargestThumbnail);
  return {{"side", kGridSide},
          {"low", low},
          {"high", high},
          {"sprites", sprites_of(images, kLargestSprites / 4).json()}};
}

}  // namespace

std::string static_html(RunExplorer& explorer) {
  const Examples& examples = explorer.split_examples();
  const int64_t count = std::min(examples.count(), kStaticExamples);
  const Tensor rows = at::linspace(0, static_cast<double>(examples.count() - 1), count, at::kDouble)
                          .round()
                          .to(at::kLong);
  Json data{{"info", explorer.info()}, {"values", Json::object()}, {"points", Json::object()}};
  data["info"]["count"] = count;
  data["info"]["of"] = examples.count();
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i)
    names.push_back(examples.name(rows[i].item<int64_t>()));
  data["names"] = names;
  const auto order = data["info"]["order"].get<std::vector<int64_t>>();
  const auto second = order.size() > 1 ? order[1] : order[0];
  const bool two = explorer.latents() <= 2;
  data["points"]["latents"] =
      stored(explorer.points({.components = false,
                              .x = two ? 0 : order[0],
                              .y = two ? std::min<int64_t>(1, explorer.latents() - 1) : second}),
             rows, 2);
  if (!two) data["points"]["components"] = stored(explorer.points({.components = true}), rows, 2);
  for (const auto& attribute : examples.attributes)
    data["values"][attribute.name] = stored(explorer.values(attribute.name), rows, 1);
  data["values"]["distance"] = stored(explorer.values("distance"), rows, 1);
  Frame errors = explorer.values("error");
  while (errors.bytes.empty())
    errors = explorer.values("error");
  data["values"]["error"] = stored(errors, rows, 1);
  if (!examples.is_table()) {
    data["sprites"] = sprites_of(small_images(examples, rows), kLargestSprites).json();
    if (explorer.latents() == 2) data["grid"] = grid_json(explorer, data["info"]);
  }
  return static_page(data.dump(-1, ' ', false, Json::error_handler_t::replace)).html;
}

}  // namespace latent::explore
