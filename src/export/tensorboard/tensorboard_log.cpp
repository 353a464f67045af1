#include "export/tensorboard/tensorboard_log.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/system/out_of_memory.h"
#include "image/header.h"
#include "session/example_batch.h"

namespace latent {
namespace {

constexpr int64_t kEncodedImages = 512;  // whose latents the histograms show
constexpr int64_t kShownLatents = 16;    // with histograms of their own
constexpr int64_t kRanges = 30;
constexpr size_t kLargestPicture = size_t{32} << 20;

// Lines that begin with four spaces are shown as they are.
std::string as_code(const std::string& text) {
  std::string code = "    ";
  for (const char c : text) {
    code += c;
    if (c == '\n') code += "    ";
  }
  return code;
}

std::vector<double> values_in(const Tensor& latents) {
  const Tensor values = latents.to(at::kCPU, at::kDouble).contiguous().view(-1);
  const double* first = values.const_data_ptr<double>();
  return {first, first + values.numel()};
}

}  // namespace

std::string tensorboard_tag(const std::string& column) {
  for (const std::string split : {"train_", "val_"}) {
    if (column.starts_with(split))
      return split.substr(0, split.size() - 1) + "/" + column.substr(split.size());
  }
  return column;
}

TensorBoardLog::TensorBoardLog(RunDirectory run, const std::string& config,
                               std::shared_ptr<Autoencoder> model, const Examples& validation,
                               const Fitted& fitted, const c10::Device& device, int64_t step)
    : run_(std::move(run)), model_(std::move(model)), device_(device) {
  try {
    const ExampleBatch shown =
        batch_of(validation, 0, std::min(kEncodedImages, validation.count()));
    input_ = fitted.corruption.encoder_input(shown.images);
    condition_ = fitted.condition.rows(shown.attributes, shown.images.size(0));
    file_.emplace(run_.path() / "tensorboard", step == 0 ? 0 : step + 1);
    tensorboard::Summary summary;
    summary.add_text("config", as_code(config));
    file_->write(summary, step);
    log::info("TensorBoard: tensorboard --logdir {}", run_.path().parent_path().string());
  } catch (const std::exception& failure) {
    give_up(failure);
  }
}

void TensorBoardLog::epoch(const EpochReport& report) {
  if (!file_) return;
  try {
    tensorboard::Summary summary;
    for (const auto& [name, value] : report.numbers)
      summary.add_scalar(tensorboard_tag(name), value);
    add_latents(summary);
    add_pictures(summary, report.epoch);
    file_->write(summary, report.step);
  } catch (const std::exception& failure) {
    give_up(failure);
  }
}

void TensorBoardLog::add_latents(tensorboard::Summary& summary) const {
  const torch::NoGradGuard no_grad;
  const bool trains = model_->is_training();
  model_->eval();
  const Tensor condition = condition_.defined() ? condition_.to(device_) : Tensor();
  const Tensor code = model_->encode(input_.to(device_), condition).code.flatten(1).cpu();
  model_->train(trains);
  summary.add_histogram("latents/all", tensorboard::count_values(values_in(code), kRanges));
  for (int64_t i = 0; i < std::min(kShownLatents, code.size(1)); ++i) {
    summary.add_histogram(fmt::format("latents/z{}", i),
                          tensorboard::count_values(values_in(code.select(1, i)), kRanges));
  }
}

void TensorBoardLog::add_pictures(tensorboard::Summary& summary, int64_t epoch) const {
  for (const char* what : {"reconstructions", "samples"}) {
    const auto path = run_.image("train", fmt::format("{}-{:04}.png", what, epoch));
    if (std::error_code code; !std::filesystem::exists(path, code)) continue;
    const std::string png = read_file(path, kLargestPicture);
    const ImageHeader header = read_image_header(png, path.string());
    summary.add_picture(what, header.width, header.height, png);
  }
}

void TensorBoardLog::give_up(const std::exception& failure) {
  file_.reset();
  log::warn("TensorBoard: {}; training continues without it", reason_of(failure));
}

}  // namespace latent
