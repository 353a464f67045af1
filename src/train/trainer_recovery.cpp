// The trainer's checkpoints, interrupts, and bad steps.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "core/system/interrupt.h"
#include "core/text/suggest.h"
#include "train/checkpoint/checkpoint.h"
#include "train/trainer.h"

namespace latent {

TensorFile Trainer::snapshot() {
  TensorFile file;
  store_model(*model_, *objective_, condition_, file);
  store_average(*model_, *objective_, step_.average(), file);
  store_optimizers(step_.players(), file);
  store_state(state_, schedule_, file);
  metrics_.store(file);
  file.tensors["state.sums"] = step_.sums();
  file.metadata["config"] = config_;
  store_row_format(row_format_, file);
  return file;
}

void Trainer::save() {
  checkpoints_.write_last(snapshot(), state_.step);
  saved_ = Stopwatch();
}

bool Trainer::checkpoint_due() const {
  const int64_t steps = options_.checkpoint_steps;
  const double minutes = options_.checkpoint_minutes;
  return (steps > 0 && state_.step % steps == 0) ||
         (minutes > 0 && saved_.seconds() >= 60 * minutes);
}

// One exchange a step: the signals that the processes got, and whether one wants to save.
Trainer::Wishes Trainer::agreed_wishes(bool save) const {
  const int mine = interrupt_signal();
  if (world_.is_alone()) return {.signal = mine, .save = save};
  constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGUSR1};
  std::array<float, kSignals.size() + 1> wishes{};
  for (size_t i = 0; i < kSignals.size(); ++i)
    wishes[i] = mine == kSignals[i] ? 1.0F : 0.0F;
  wishes.back() = save ? 1.0F : 0.0F;
  const Tensor all = at::tensor(at::ArrayRef<float>(wishes), at::kFloat);
  world_.sum(all);
  Wishes agreed{.signal = 0, .save = all[-1].item<float>() > 0};
  for (size_t i = kSignals.size(); i-- > 0;) {
    if (all[static_cast<int64_t>(i)].item<float>() > 0) agreed.signal = kSignals[i];
  }
  return agreed;
}

void Trainer::restore(const StoredCheckpoint& checkpoint) {
  const torch::NoGradGuard no_grad;
  const auto& [name, path, file] = checkpoint;
  load_model(*model_, *objective_, file, path);
  load_average(*model_, *objective_, step_.average(), file, path);
  load_optimizers(step_.players(), file, path);
  const DataFingerprint now = state_.data;
  load_state(state_, schedule_, file, path);
  if (state_.batch > batches()) {
    throw Error(
        fmt::format("{}: {} batches of an epoch are done in its training state, but an epoch has "
                    "{}; expected a checkpoint of this run",
                    path.string(), state_.batch, batches()));
  }
  expect_same_data(std::exchange(state_.data, now), now, path);
  if (stored_condition(file, path).text() != condition_.text()) {
    throw Error(path.string() +
                ": was trained with other classes or numbers of model.condition than the data have "
                "now; restore the labels that belong to it, or start again with --overwrite");
  }
  skipped_before_ = state_.skipped - step_.skipped();
  step_.sums().copy_(fitting_tensor(file, "state.sums", step_.sums().sizes(), path));
  metrics_.restore(file, state_.epoch);
  checkpoints_.continue_from(checkpoint);
}

std::string Trainer::what_is_kept() const {
  return run_.checkpoint_names().empty()
             ? "nothing was saved yet: fix the config and start again with --overwrite"
             : "earlier checkpoints are kept";
}

void Trainer::stop_for(int signal) {
  save();
  throw Interrupted(fmt::format("interrupted after step {}; saved; resume with {}", state_.step,
                                run_.resume_command()),
                    signal);
}

void Trainer::settle_bad_steps(const Tensor& order) {
  const auto bad = step_.first_bad();
  if (!bad) return;
  const int64_t batch = state_.batch - (state_.step - bad->step);
  const int64_t first = batch * options_.batch_size;
  const int64_t count = std::min(options_.batch_size, train_.count() - first);
  const int64_t before = state_.skipped,
                skipped = state_.skipped = skipped_before_ + step_.skipped();
  std::string images;
  world_.lead([&] {
    images = note_bad_batch({.step = bad->step + 1,
                             .epoch = state_.epoch + 1,
                             .batch = batch + 1,
                             .what = bad->what,
                             .indices = order.narrow(0, first, count)},
                            run_.bad_steps());
  });
  const auto& on_nan = options_.on_nan;
  const std::string description = step_.describe(*bad) + "; " + what_is_kept();
  if (on_nan.stops()) {
    const bool saved = !run_.checkpoint_names().empty();
    throw Error(description +
                (saved ? ", and train.on_nan skip or rollback continues from them" : "") + images);
  }
  step_.forget_bad();
  const std::string what =
      fmt::format("step {}: {} became NaN or infinite", bad->step + 1, bad->what);
  if (on_nan.rolls_back()) throw NeedsRollback{what + images};
  if (skipped > on_nan.limit)
    throw Error(fmt::format("{}{}; {} skipped so far, more than train.on_nan.limit", description,
                            images, counted(skipped, "step")));
  // The device reports how many steps were bad, and the number of the first only.
  const int64_t together = skipped - before;
  log::warn("{}; {} ({} of at most {}){}", what,
            together == 1
                ? "skipped"
                : fmt::format("the first of {} steps skipped up to step {}", together, state_.step),
            skipped, on_nan.limit, images);
}

void Trainer::roll_back(const std::string& why) {
  const auto& on_nan = options_.on_nan;
  const int64_t rollbacks = state_.rollbacks + 1;
  if (rollbacks > on_nan.limit) {
    throw Error(
        fmt::format("training: {}; rolled back {} times, as often as train.on_nan.limit "
                    "allows; lower train.optimizer.learning_rate (now {}) or set "
                    "train.clip_norm",
                    why, on_nan.limit, options_.optimizer.learning_rate));
  }
  const double lowered = state_.rate_factor * on_nan.factor;
  const StoredCheckpoint start = read_checkpoint(run_, "rollback");
  if (const int64_t epoch = stored_epoch(start.file); epoch != state_.epoch) {
    throw Error(
        fmt::format("training: {}; {} was written after epoch {}, not {}: expected the start of "
                    "this epoch to roll back to; resume with {}",
                    why, start.path.string(), epoch, state_.epoch, run_.resume_command()));
  }
  restore(start);
  state_.rollbacks = rollbacks;
  state_.rate_factor = lowered;
  save();  // if the process is killed now, it must not resume with the higher rate
  log::warn("{}; rolled back to step {} with the learning rate times {:g} ({} of at most {})", why,
            state_.step, lowered, rollbacks, on_nan.limit);
}

}  // namespace latent
