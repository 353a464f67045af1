// What the page's pictures are made of: decoding, examples, pictures of one's own.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <spdlog/fmt/fmt.h>

#include <optional>

#include "core/error.h"
#include "explore/run_explorer.h"
#include "image/codecs.h"
#include "session/inputs.h"

namespace latent::explore {
namespace {

constexpr int64_t kMostUploadPixels = 40'000'000;
constexpr size_t kMostCodes = 64;  // in a response's head
constexpr const char* kUpload = "your picture";

Tensor pixels_of_picture(const Picture& picture) {
  return at::from_blob(const_cast<uint8_t*>(picture.pixels.data()),
                       {1, picture.height, picture.width, picture.channels}, at::kByte)
      .clone();
}

// One picture, as sliders ask for, is made sooner by one thread beside a browser that draws than by
// several that wait for each other.
struct OneThread {
  OneThread() { at::set_num_threads(1); }
  ~OneThread() { at::set_num_threads(before); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
  int before = at::get_num_threads();
};

}  // namespace

// Rounded as visual::grid does, so that the page shows what the commands write.
std::string picture_bytes(const Tensor& images, bool table) {
  Tensor values = images.detach().to(at::kCPU, at::kFloat);
  if (table) {
    values = values.flatten(1).contiguous();
  } else {
    values = values.nan_to_num(0.0).clamp(0, 1).mul(255).round().to(at::kByte);
    values = values.permute({0, 2, 3, 1}).contiguous();
  }
  return {static_cast<const char*>(values.const_data_ptr()), values.nbytes()};
}

Tensor RunExplorer::told_rows(const Told& told) const {
  if (run_.condition.empty()) return {};
  if (!told.words.empty()) return run_.condition.row(told.words, "condition");
  return told.like < 0 ? Tensor() : codes_.condition.narrow(0, told.like, 1);
}

Tensor RunExplorer::decoded(const Tensor& z, const Told& told) const {
  return run_.pictures(z, told_rows(told));
}

Frame RunExplorer::decode(const Tensor& z, const Told& told) {
  std::optional<OneThread> alone;
  if (z.size(0) == 1) alone.emplace();
  return {.head = {{"count", z.size(0)}},
          .bytes = picture_bytes(decoded(z, told), examples_.is_table())};
}

// The images with a share of the noise that the run was trained with; the same noise for the same
// example.
Tensor RunExplorer::noisy(const Tensor& images, const std::vector<int64_t>& indices,
                          double noise) const {
  std::vector<Tensor> all;
  for (size_t i = 0; i < indices.size(); ++i) {
    const Tensor clean = images.narrow(0, static_cast<int64_t>(i), 1);
    const Tensor full =
        run_.corruption
            .corrupt(clean.to(run_.device), 0, Stream::kSample, static_cast<uint64_t>(indices[i]))
            .cpu();
    all.push_back(clean + noise * (full - clean));
  }
  return at::cat(all);
}

Frame RunExplorer::pictures(const ExamplesRequest& request) {
  std::optional<OneThread> alone;
  if (request.indices.size() == 1) alone.emplace();
  const Tensor rows = at::tensor(request.indices, at::kLong);
  const bool table = examples_.is_table();
  const bool noise = request.noise > 0 && run_.corruption.noisy() &&
                     run_.model->input_shape() == run_.model->output_shape();
  Tensor shown = examples_.images(rows), codes = codes_.code.index_select(0, rows);
  const Tensor told =
      codes_.condition.defined() ? codes_.condition.index_select(0, rows) : Tensor();
  if (noise) {
    ExampleBatch batch = batch_of(examples_, rows);
    batch.images = shown = noisy(shown, request.indices, request.noise);
    codes = run_.encode(batch).code;
  }
  Frame frame{.head = {{"count", rows.numel()}}};
  if (request.indices.size() <= kMostCodes) frame.head["z"] = rows_json(codes);
  if (request.originals) frame.bytes = picture_bytes(shown, table);
  if (request.reconstructions) frame.bytes += picture_bytes(run_.pictures(codes, told), table);
  return frame;
}

Frame RunExplorer::encode(const std::string& file) {
  if (examples_.is_table())
    throw Error("this run models rows of a table; a picture cannot be encoded");
  EncodedImage image{.file = kUpload, .bytes = file, .header = {}};
  image.header = read_image_header(image.bytes, image.file);
  if (image.header.width * image.header.height > kMostUploadPixels) {
    throw Error(fmt::format("{}: {}x{} pixels; expected at most 40 megapixels", kUpload,
                            image.header.width, image.header.height));
  }
  const ImageShape& shape = run_.model->output_shape();
  const Picture picture =
      latent::decode(image, shape.channels, 1, run_.experiment.data.reading.range);
  SizeChanges sizes(shape);
  const Tensor fitted =
      fit_to_model({kUpload, pixels_of_picture(picture), {std::string(kUpload)}}, run_, sizes);
  const Tensor seen = as_images({fitted});
  const Latent latent = run_.encode({.images = seen});
  Frame frame{.head = {{"count", 1}, {"z", rows_json(latent.code)}}};
  frame.head["size"] = {picture.width, picture.height};
  frame.bytes = picture_bytes(seen, false);
  frame.bytes += picture_bytes(run_.pictures(latent.code, latent.condition), false);
  return frame;
}

}  // namespace latent::explore
