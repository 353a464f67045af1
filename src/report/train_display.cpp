#include "report/train_display.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/system/interrupt.h"
#include "core/system/out_of_memory.h"
#include "core/system/process.h"
#include "session/example_batch.h"
#include "space/samplers.h"
#include "visual/chart.h"

namespace latent {
namespace {

constexpr int64_t kPairColumns = 16, kSampleColumns = 8;
constexpr uint64_t kCorruptedPictures = 1;  // index of the stream of their noise

std::vector<visual::Series> loss_curves(const MetricsTable& metrics) {
  const auto epochs = metrics.column("epoch");
  return {{.name = "training", .x = epochs, .y = metrics.column("train_loss")},
          {.name = "validation", .x = epochs, .y = metrics.column("val_loss")}};
}

std::string sparsity_text(const Sparsity& sparsity, int64_t units) {
  return fmt::format(
      "code: mean |a| {:.4f}, {:.1f} of {} units active per image ({:.1f}%), {} dead",
      sparsity.mean_activation, sparsity.active, units, 100 * sparsity.active_share,
      sparsity.dead_units);
}

// The least and the largest value of each column of a table, [N, 1, D, 1] or alike.
std::vector<std::pair<double, double>> column_ranges(const Tensor& pixels) {
  const Tensor rows = pixels.flatten(1).nan_to_num(0.0, 0.0, 0.0);
  const Tensor low = rows.amin(0), high = rows.amax(0);
  std::vector<std::pair<double, double>> ranges;
  for (int64_t i = 0; i < low.numel(); ++i)
    ranges.emplace_back(low[i].item<double>(), high[i].item<double>());
  return ranges;
}

}  // namespace

TrainDisplay::TrainDisplay(std::shared_ptr<Autoencoder> model, std::shared_ptr<Objective> objective,
                           const Examples& validation, RunDirectory run,
                           const Experiment& experiment, const Fitted& fitted,
                           const c10::Device& device, bool quiet)
    : model_(std::move(model)),
      objective_(std::move(objective)),
      run_(std::move(run)),
      options_(experiment.train),
      gallery_(experiment.gallery),
      example_noun_(experiment.data.example_noun()),
      device_(device),
      validation_(validation),
      fitted_(fitted),
      bar_(quiet) {
  const auto counts = gallery_->counts(validation.shape());
  const ExampleBatch shown = batch_of(validation, 0, std::min(counts.pairs, validation.count()));
  images_ = shown.images;
  condition_ = fitted_.condition.rows(shown.attributes, images_.size(0));
  if (condition_.defined()) condition_ = condition_.to(device);
  const auto seed = static_cast<uint64_t>(options_.seed);
  input_ = fitted_.corruption.corrupt(images_, seed, Stream::kPictures, kCorruptedPictures);
  samples_ = counts.samples;
  if (validation.is_table()) ranges_ = column_ranges(validation.pixels);
}

void TrainDisplay::step(const StepReport& report) {
  if (std::exchange(first_, false))
    log::info("first step {:.2f} s after the launch", seconds_since_launch());
  if (!bar_.due(report.images, report.total)) return;
  std::string note;
  for (const auto& [name, value] : report.losses()) {
    note += fmt::format("{}{} {:.2f}", note.empty() ? "" : " ", name, value);
  }
  bar_.show(fmt::format("epoch {}/{}", report.epoch, report.epochs), report.images, report.total,
            report.seconds, note);
}

void TrainDisplay::epoch(const EpochReport& report) {
  bar_.clear();
  std::string line = fmt::format("epoch {}/{}  train", report.epoch, report.epochs);
  for (const auto& [name, value] : report.train)
    line += fmt::format(" {} {:.2f}", name, value);
  line += fmt::format("  val loss {:.2f}", report.validation->loss);
  for (const auto& [name, value] : report.validation->terms)
    line += fmt::format(" {} {:.2f}", name, value);
  const double left = report.seconds / static_cast<double>(report.epoch) *
                      static_cast<double>(report.epochs - report.epoch);
  line += fmt::format("  {:.0f} images/s{}", report.images_per_second, report.best ? "  best" : "");
  if (report.epoch < report.epochs) line += "  " + clock_text(left) + " left";
  log::info("{}", line);
  if (objective_->sparse() && report.validation->sparsity)
    log::info("  {}", sparsity_text(*report.validation->sparsity, model_->latent_dim()));
  if (const auto& codes = report.validation->codes)
    log::info("  {} of {} codes used, perplexity {:.1f}", codes->used, codes->codes,
              codes->perplexity);
  last_ = *report.validation;
  const bool asked = options_.pictures_every > 0 && report.epoch % options_.pictures_every == 0;
  if (!asked && report.epoch != report.epochs) return;
  try {
    write_pictures(report.epoch, *report.validation);
  } catch (const std::exception& failure) {
    warn(report.epoch, failure);
  }
}

// A failure is only logged: training matters more than its pictures.
void TrainDisplay::warn(int64_t epoch, const std::exception& failure) {
  warned_ = epoch;
  const std::string memory = out_of_memory(failure);
  log::warn("pictures of epoch {}: {}", epoch,
            memory.empty() ? message_of(failure)
                           : memory + "; training continues; lower data.size or free memory");
}

void TrainDisplay::finished(const TrainState& state) {
  const int64_t epoch = state.epoch;
  std::error_code code;
  const auto there = [&](const char* what) {
    return std::filesystem::exists(picture(what, epoch), code);
  };
  if (warned_ == epoch || (there("reconstructions") && there("samples"))) return;
  EvaluationOptions options;
  options.seed = static_cast<uint64_t>(options_.seed);
  options.device = device_;
  options.corruption = fitted_.corruption;
  options.condition = fitted_.condition;
  options.progress = [](int64_t, int64_t) {
    if (const int signal = interrupt_signal(); signal != 0)
      throw Interrupted("interrupted before the last pictures; the training is complete", signal);
  };
  try {
    // Without a prior, samples are drawn from the box of the validation codes.
    if (!last_ && !model_->bottleneck().prior())
      last_ = evaluate(*model_, *objective_, validation_, options);
    write_pictures(epoch, last_.value_or(Evaluation()));
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& failure) {
    warn(epoch, failure);
  }
}

std::filesystem::path TrainDisplay::picture(const char* what, int64_t epoch) const {
  return run_.image("train", fmt::format("{}-{:04}.png", what, epoch));
}

Tensor TrainDisplay::random_latents(const Evaluation& validation) const {
  auto noise = generator(static_cast<uint64_t>(options_.seed), Stream::kPictures);
  if (const Prior* prior = model_->bottleneck().prior()) return prior->sample(samples_, 1, noise);
  // The stream's first draws are those of a prior, so that the kinds of models share no numbers.
  const Tensor skipped = at::empty({samples_, model_->latent_dim()}).normal_(0, 1, noise);
  const Tensor unit = at::empty_like(skipped).uniform_(-1, 1, noise);
  return space::in_box(unit, validation.low, validation.high).to(at::kFloat);
}

void TrainDisplay::write_pictures(int64_t epoch, const Evaluation& validation) {
  const torch::NoGradGuard no_grad;
  model_->eval();
  const Likelihood& likelihood = objective_->likelihood();
  const Tensor reconstructed =
      likelihood.mean(model_->forward(input_.to(device_), condition_).decoded).cpu();
  const Tensor z = random_latents(validation).to(device_);
  Tensor condition = condition_;  // samples of what the images above are
  if (condition.defined())
    condition = condition.index_select(
        0, at::arange(samples_, condition.options().dtype(at::kLong)).remainder(condition.size(0)));
  const Tensor samples = likelihood.mean(model_->decode(z, condition)).cpu();
  const auto path = picture("reconstructions", epoch);
  if (input_.is_same(images_)) {
    gallery_->write_pairs(path, images_, reconstructed, {.columns = kPairColumns});
  } else {
    gallery_->write_versions(path,
                             {{"input", input_}, {"model", reconstructed}, {"truth", images_}},
                             {.columns = kPairColumns});
  }
  gallery_->write_samples(picture("samples", epoch), samples,
                          {.columns = kSampleColumns, .ranges = ranges_});
  const MetricsTable metrics = read_metrics(run_.metrics());
  if (metrics.rows.size() > 1 && visual::can_chart()) {
    visual::write_line_chart(run_.image("train", "loss.png"), "Loss", "epoch",
                             "nats per " + example_noun_, loss_curves(metrics));
  }
}

}  // namespace latent
