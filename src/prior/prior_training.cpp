#include "prior/prior_training.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "core/random.h"
#include "core/system/interrupt.h"
#include "train/arithmetic.h"
#include "train/checkpoint/checkpoint.h"

namespace latent {
namespace {

using Json = nlohmann::json;

constexpr double kSaveSeconds = 60;          // between checkpoints within an epoch
constexpr int64_t kValidationImages = 2000;  // that an epoch is judged by
constexpr int64_t kJudgedTogether = 250;

template <class Visit>
void each_prior_tensor(const CodeTransformer& network, const Visit& visit) {
  for (const auto& item : network.named_parameters())
    visit("prior." + item.key(), item.value());
  for (const auto& item : network.named_buffers())
    visit("prior." + item.key(), item.value());
}

Tensor rows_or_none(const Tensor& condition, const Tensor& rows) {
  return condition.defined() ? condition.index_select(0, rows) : condition;
}

Tensor stored_row(const Tensor& x, int64_t first, int64_t count) {
  return x.defined() ? x.narrow(0, first, count) : x;
}

std::string state_text(const PriorState& state) {
  return Json{{"epoch", state.epoch},         {"batch", state.batch},
              {"step", state.step},           {"best_epoch", state.best_epoch},
              {"best_bits", state.best_bits}, {"epoch_bits", state.epoch_bits},
              {"seconds", state.seconds}}
      .dump();
}

PriorState state_from(const TensorFile& file, const std::filesystem::path& path) {
  PriorState state;
  try {
    const Json json = Json::parse(file.metadata.at("state"));
    json.at("epoch").get_to(state.epoch);
    json.at("batch").get_to(state.batch);
    json.at("step").get_to(state.step);
    json.at("best_epoch").get_to(state.best_epoch);
    json.at("best_bits").get_to(state.best_bits);
    json.at("epoch_bits").get_to(state.epoch_bits);
    json.at("seconds").get_to(state.seconds);
  } catch (const std::exception&) {
    throw Error(path.string() +
                ": no state of a prior's training; expected a checkpoint of latent prior train");
  }
  if (std::min({state.epoch, state.batch, state.step, state.best_epoch}) < 0)
    throw Error(path.string() + ": impossible counters; expected a checkpoint of latent prior");
  return state;
}

}  // namespace

double mean_bits(const CodeTransformer& network, const CodedImages& images,
                 const c10::Device& device) {
  const torch::NoGradGuard no_grad;
  double nats = 0;
  const int64_t total = images.indices.size(0);
  for (int64_t first = 0; first < total; first += kJudgedTogether) {
    const int64_t count = std::min(kJudgedTogether, total - first);
    const Tensor part = network.nats(images.indices.narrow(0, first, count).to(device),
                                     stored_row(images.condition, first, count));
    nats += part.to(at::kDouble).sum().item<double>();
  }
  return nats / std::numbers::ln2 / static_cast<double>(total);
}

void load_network(CodeTransformer& network, const TensorFile& file,
                  const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  each_prior_tensor(network, [&](const std::string& name, Tensor to) {
    to.copy_(fitting_tensor(file, name, to.sizes(), path));
  });
}

PriorTrainer::PriorTrainer(const PriorOptions& options, std::shared_ptr<CodeTransformer> network,
                           CodedImages train, CodedImages validation, RunDirectory folder,
                           std::map<std::string, std::string> about, const c10::Device& device,
                           bool quiet)
    : options_(options),
      network_(std::move(network)),
      train_(std::move(train)),
      validation_(std::move(validation)),
      folder_(std::move(folder)),
      about_(std::move(about)),
      device_(device),
      quiet_(quiet),
      parameters_(std::vector<std::pair<std::string, torch::nn::Module*>>{{"", network_.get()}}),
      optimizer_(make_optimizer({.learning_rate = options.learning_rate}, parameters_)) {
  const int64_t judged = std::min(kValidationImages, validation_.indices.size(0));
  validation_ = {stored_row(validation_.indices, 0, judged),
                 stored_row(validation_.condition, 0, judged)};
  metrics_.columns = {"epoch",         "step",       "seconds", "images_per_second",
                      "learning_rate", "train_bits", "val_bits"};
}

int64_t PriorTrainer::batches() const {
  return (train_.indices.size(0) + options_.batch_size - 1) / options_.batch_size;
}

// Rises linearly, then falls to 0 along a cosine.
double PriorTrainer::rate() const {
  const double done = static_cast<double>(state_.step) /
                      static_cast<double>(std::max<int64_t>(1, options_.epochs * batches()));
  if (done < options_.warmup)
    return options_.learning_rate * (0.05 + 0.95 * done / options_.warmup);
  const double after = (done - options_.warmup) / (1 - options_.warmup);
  return options_.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * after));
}

void PriorTrainer::train(int64_t most_steps) {
  while (state_.epoch < options_.epochs) {
    const Stopwatch watch;
    if (!train_epoch(most_steps)) return save();
    finish_epoch(watch.seconds());
  }
}

bool PriorTrainer::train_epoch(int64_t& steps_left) {
  auto shuffle = generator(static_cast<uint64_t>(options_.seed), Stream::kShuffle,
                           static_cast<uint64_t>(state_.epoch));
  const int64_t total = train_.indices.size(0);
  const Tensor order = at::randperm(total, shuffle, at::kLong);
  ProgressBar bar(quiet_);
  const Stopwatch watch;
  const double before = state_.seconds;
  while (state_.batch < batches()) {
    const int64_t first = state_.batch * options_.batch_size;
    const int64_t count = std::min(options_.batch_size, total - first);
    train_step(order.narrow(0, first, count));
    ++state_.batch;
    ++state_.step;
    state_.seconds = before + watch.seconds();
    if (bar.due(first + count, total))
      bar.show(fmt::format("epoch {}/{}", state_.epoch + 1, options_.epochs), first + count, total,
               watch.seconds(),
               fmt::format("{:.1f} bits", state_.epoch_bits / static_cast<double>(first + count)));
    if (const int signal = interrupt_signal(); signal != 0) {
      save();
      throw Interrupted(
          fmt::format("interrupted after step {}; saved; continue with latent prior train --resume",
                      state_.step),
          signal);
    }
    if (--steps_left <= 0 && state_.batch < batches()) return false;
    if (saved_.seconds() > kSaveSeconds) save();
  }
  return true;
}

void PriorTrainer::train_step(const Tensor& rows) {
  Tensor condition = rows_or_none(train_.condition, rows);
  if (condition.defined() && options_.condition_drop > 0) {
    auto noise = generator(static_cast<uint64_t>(options_.seed), Stream::kCondition,
                           static_cast<uint64_t>(state_.step));
    const Tensor kept = at::empty({rows.size(0), 1}).uniform_(0, 1, noise);
    condition = condition * kept.ge(options_.condition_drop);
  }
  optimizer_->set_learning_rate(rate());
  parameters_.drop_gradients();
  const Tensor nats = [&] {
    const Autocast narrow(device_, options_.precision);
    return network_->nats(train_.indices.index_select(0, rows).to(device_), condition);
  }();
  nats.mean().backward();
  parameters_.gather_gradients();
  const torch::NoGradGuard no_grad;
  const auto sum = nats.to(at::kDouble).sum().item<double>();
  if (!std::isfinite(sum)) {
    throw Error(fmt::format(
        "latent prior train: the loss became NaN or infinite at step {}; lower learning_rate (now "
        "{})",
        state_.step + 1, options_.learning_rate));
  }
  state_.epoch_bits += sum / std::numbers::ln2;
  if (options_.clip_norm > 0) {
    clip_gradients(parameters_.gradients(), parameters_.gradients().norm(), options_.clip_norm);
  }
  optimizer_->step();
}

void PriorTrainer::finish_epoch(double seconds) {
  const double bits = mean_bits(*network_, validation_, device_);
  const double rate_now = rate();
  const auto images = static_cast<double>(train_.indices.size(0));
  const double trained = std::exchange(state_.epoch_bits, 0.0) / images;
  ++state_.epoch;
  state_.batch = 0;
  const bool best = bits < state_.best_bits;
  if (best) {
    state_.best_bits = bits;
    state_.best_epoch = state_.epoch;
  }
  metrics_.rows.push_back({static_cast<double>(state_.epoch), static_cast<double>(state_.step),
                           state_.seconds, images / seconds, rate_now, trained, bits});
  write_metrics(folder_.metrics(), metrics_);
  if (best) write_tensors(folder_.checkpoint("best"), snapshot());
  save();
  log::info("epoch {}/{}  train {:.1f}  val {:.1f} bits per image  {:.0f} images/s{}", state_.epoch,
            options_.epochs, trained, bits, images / seconds, best ? "  best" : "");
}

TensorFile PriorTrainer::snapshot() const {
  TensorFile file{.tensors = {}, .metadata = about_};
  each_prior_tensor(*network_, [&](const std::string& name, const Tensor& tensor) {
    file.tensors[name] = tensor.detach().cpu().contiguous().clone();
  });
  for (const auto& [name, tensor] : optimizer_->state())
    file.tensors["optimizer." + name] = tensor.cpu().contiguous().clone();
  file.metadata["state"] = state_text(state_);
  file.metadata["metrics"] = metrics_text(metrics_);
  return file;
}

void PriorTrainer::save() {
  write_tensors(folder_.checkpoint("last"), snapshot());
  saved_ = Stopwatch();
}

void PriorTrainer::restore(const TensorFile& file, const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  load_network(*network_, file, path);
  for (auto& [name, tensor] : optimizer_->state()) {
    Tensor to = tensor;
    to.copy_(fitting_tensor(file, "optimizer." + name, to.sizes(), path));
  }
  state_ = state_from(file, path);
  const auto kept = file.metadata.find("metrics");
  MetricsTable table;
  if (kept != file.metadata.end() && state_.epoch > 0)
    table = parse_metrics(kept->second, path.string());
  if (table.columns == metrics_.columns) metrics_ = std::move(table);
  if (!metrics_.rows.empty()) write_metrics(folder_.metrics(), metrics_);
}

}  // namespace latent
