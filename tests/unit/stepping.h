// Some hundred training steps with everything that a recorded step could get wrong, for the tests
// of the stepper on the CPU and on a GPU.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "train/optimizer/learning_rate.h"
#include "train/stepper.h"
#include "unit/experiments.h"

namespace latent {

/// Batch statistics, dropout, a learned sigma, KL warm-up, augmentation, two corruptions, a
/// condition, clipping, a plateau, and a short last batch: 21 images, 8 at a time.
inline const std::string kEveryNoise = R"({
  "data": {"name": "shapes", "count": 21, "size": [8, 8], "augment": {"flip": true, "shift": 1}},
  "corruption": ["gaussian", {"name": "masking", "block": [2, 3]}],
  "model": {"encoder": {"channels": [4, 4], "normalization": "batch", "dropout": 0.1}, "latent_dim": 3,
            "condition": "shape,scale", "condition_drop": 0.3},
  "objective": {"likelihood": {"name": "gaussian", "sigma": "learned", "value": 0.5},
                "kl": {"warmup_epochs": 30}},
  "train": {"batch_size": 8, "optimizer": {"name": "adamw", "learning_rate": 0.01},
            "schedule": {"name": "plateau", "patience": 2, "factor": 0.5, "warmup_epochs": 5},
            "clip_norm": 5}})";

/// Training without validation or files.
class Stepping {
 public:
  /// tools: nullptr for fetching and training by hand, without a stepper.
  Stepping(const std::vector<std::string>& settings, const c10::Device& device,
           const DeviceTools* tools, std::optional<int64_t> room = {}) {
    Config config = Config::parse(kEveryNoise, "test.json", settings);
    const Experiment plan = read_experiment(config);
    options_ = plan.train;
    const Examples examples = plan.data.open()->load(Split::kTrain);
    const Fitted fitted = fit_to_examples(plan, examples);
    std::tie(model, objective) = fresh_model(plan, fitted, device);
    model->train();
    batches = std::make_unique<Batches>(
        examples, plan.data.augmentation, fitted.corruption,
        TrainingCondition{fitted.condition, plan.model.condition_drop}, device, room);
    noise_ = std::make_unique<StepNoise>(static_cast<uint64_t>(options_.seed), device);
    step = std::make_unique<TrainingStep>(options_, model, objective, device);
    if (tools != nullptr)
      stepper = std::make_unique<Stepper>(*batches, *step, options_, device, *tools);
  }

  /// Trains up to `steps` steps from the start, the trainer's way.
  void run_to(int64_t steps) {
    const int64_t per_epoch = (batches->count() + options_.batch_size - 1) / options_.batch_size;
    for (; done < steps; ++done) {
      const int64_t epoch = done / per_epoch, first = done % per_epoch * options_.batch_size;
      if (first == 0 || !order_.defined()) start_epoch(epoch);
      const int64_t count = std::min(options_.batch_size, batches->count() - first);
      const double progress = static_cast<double>(done) / static_cast<double>(per_epoch);
      objective->schedule(progress);
      step->scale_learning_rates(schedule_->factor(progress));
      if (stepper) {
        stepper->run(order_, first, count, done);
      } else {
        noise_->move_to(done);
        step->run(batches->fetch(order_.narrow(0, first, count), *noise_), *noise_);
      }
    }
  }

  /// Takes over what a checkpoint keeps.
  void go_on_from(const Stepping& other) {
    const torch::NoGradGuard no_grad;
    const auto copy = [](const auto& from, const auto& to) {
      for (const auto& item : to)
        Tensor(item.value()).copy_(from[item.key()]);
    };
    copy(other.model->named_parameters(), model->named_parameters());
    copy(other.model->named_buffers(), model->named_buffers());
    copy(other.objective->named_parameters(), objective->named_parameters());
    for (size_t i = 0; i < step->players().size(); ++i) {
      const Player &from = other.step->players()[i], &to = step->players()[i];
      if (from.adversary) {
        copy(from.adversary->module().named_parameters(),
             to.adversary->module().named_parameters());
        copy(from.adversary->module().named_buffers(), to.adversary->module().named_buffers());
      }
      for (const auto& [name, tensor] : from.optimizer->state())
        to.optimizer->state().at(name).copy_(tensor);
    }
    step->sums().copy_(other.step->sums());
    if (step->average().active())
      step->average().averaged(weights()).copy_(other.step->average().averaged(other.weights()));
    done = other.done;
    order_ = other.order_;
    schedule_ = std::make_unique<LearningRateSchedule>(*other.schedule_);
  }

  /// Everything that training has made, on the CPU.
  std::map<std::string, Tensor> everything() const {
    std::map<std::string, Tensor> all{{"sums", step->sums()}};
    for (const auto& item : model->named_parameters())
      all[item.key()] = item.value().detach();
    for (const auto& item : model->named_buffers())
      all[item.key()] = item.value();
    for (const auto& item : objective->named_parameters())
      all[item.key()] = item.value().detach();
    for (const auto& player : step->players()) {
      for (const auto& [name, tensor] : player.optimizer->state())
        all["optimizer." + player.prefix + name] = tensor;
      if (!player.adversary) continue;
      for (const auto& item : player.adversary->module().named_parameters())
        all[player.prefix + item.key()] = item.value().detach();
      for (const auto& item : player.adversary->module().named_buffers())
        all[player.prefix + item.key()] = item.value();
    }
    all["rate"] = step->optimizer().learning_rate();
    if (step->average().active()) all["average"] = step->average().averaged(weights());
    for (auto& [name, tensor] : all)
      tensor = tensor.to(at::kCPU, /*non_blocking=*/false, /*copy=*/true);
    return all;
  }

  /// The model's parameters as one buffer.
  Tensor weights() const { return step->players().front().parameters.values(); }

  std::shared_ptr<Autoencoder> model;
  std::shared_ptr<Objective> objective;
  std::unique_ptr<Batches> batches;
  std::unique_ptr<TrainingStep> step;
  std::unique_ptr<Stepper> stepper;
  int64_t done = 0;

 private:
  void start_epoch(int64_t epoch) {
    auto shuffle = generator(static_cast<uint64_t>(options_.seed), Stream::kShuffle,
                             static_cast<uint64_t>(epoch));
    order_ = at::randperm(batches->count(), shuffle, at::kLong).to(batches->storage_device());
    if (!schedule_) schedule_ = std::make_unique<LearningRateSchedule>(options_.schedule, 100);
    // A loss that gets better only for a while: the plateau lowers the rate several times.
    if (epoch > 0) schedule_->observe(epoch < 10 ? -static_cast<double>(epoch) : 0);
  }

  TrainOptions options_;
  Tensor order_;
  std::unique_ptr<StepNoise> noise_;
  std::unique_ptr<LearningRateSchedule> schedule_;
};

/// "" if both are equal bit for bit, else the first name that differs.
inline std::string first_unequal(const std::map<std::string, Tensor>& a,
                                 const std::map<std::string, Tensor>& b) {
  if (a.size() != b.size()) return "the number of tensors";
  for (const auto& [name, tensor] : a) {
    if (!at::equal(tensor, b.at(name))) return name;
  }
  return "";
}

}  // namespace latent
