// How training is saved and found again: checkpoints, interrupts, steps that had to be left out.
#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/log.h"
#include "train/checkpoint/checkpoint.h"
#include "train/trainer.h"

namespace latent {

TensorFile Trainer::snapshot() {
  TensorFile file;
  store_model(*model_, *objective_, file);
  store_optimizer(step_.optimizer(), step_.parameters(), file);
  store_state(state_, schedule_, file);
  metrics_.store(file);
  file.tensors["state.sums"] = step_.sums();
  file.metadata["config"] = config_;
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

void Trainer::restore(const StoredCheckpoint& checkpoint) {
  const torch::NoGradGuard no_grad;
  const auto& [name, path, file] = checkpoint;
  load_model(*model_, *objective_, file, path);
  load_optimizer(step_.optimizer(), step_.parameters(), file, path);
  const DataFingerprint now = state_.data;
  load_state(state_, schedule_, file, path);
  if (state_.batch > batches()) {
    throw Error(
        fmt::format("{}: {} batches of an epoch are done in its training state, and there "
                    "are {}; expected a checkpoint of this run",
                    path.string(), state_.batch, batches()));
  }
  expect_same_data(std::exchange(state_.data, now), now, path);
  skipped_before_ = state_.skipped - step_.skipped();
  step_.sums().copy_(fitting_tensor(file, "state.sums", step_.sums().sizes(), path));
  metrics_.restore(file, state_.epoch);
  checkpoints_.go_on_from(checkpoint);
}

std::string Trainer::what_is_kept() const {
  return run_.checkpoint_names().empty()
             ? "nothing was saved yet: mend the config and train anew with --overwrite"
             : "the checkpoints written before are kept";
}

void Trainer::stop_for(int signal) {
  save();
  throw Interrupted(fmt::format("interrupted after step {}; everything is saved: go on with {}",
                                state_.step, run_.resume_command()),
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
  const std::string images = note_bad_batch({.step = bad->step + 1,
                                             .epoch = state_.epoch + 1,
                                             .batch = batch + 1,
                                             .what = bad->what,
                                             .indices = order.narrow(0, first, count)},
                                            run_.bad_steps());
  const auto& on_nan = options_.on_nan;
  const std::string told = step_.describe(*bad) + "; " + what_is_kept();
  if (on_nan.stops()) {
    const bool saved = !run_.checkpoint_names().empty();
    throw Error(told + (saved ? ", and train.on_nan skip or rollback goes on from them" : "") +
                images);
  }
  step_.forget_bad();
  const std::string what =
      fmt::format("step {}: {} became NaN or infinite", bad->step + 1, bad->what);
  if (on_nan.rolls_back()) throw NeedsRollback{what + images};
  if (skipped > on_nan.limit)
    throw Error(fmt::format("{}{}; {} steps are left out by now, more than train.on_nan.limit",
                            told, images, skipped));
  // The device tells how many they are, and of the first alone which.
  const int64_t together = skipped - before;
  log::warn("{}; {} ({} of at most {}){}", what,
            together == 1 ? "left out"
                          : fmt::format("the first of {} steps left out up to step {}", together,
                                        state_.step),
            skipped, on_nan.limit, images);
}

void Trainer::roll_back(const std::string& why) {
  const auto& on_nan = options_.on_nan;
  const int64_t rollbacks = state_.rollbacks + 1;
  if (rollbacks > on_nan.limit) {
    throw Error(
        fmt::format("training: {}; gone back {} times, as often as train.on_nan.limit "
                    "allows; lower train.optimizer.learning_rate (now {}) or set "
                    "train.clip_norm",
                    why, on_nan.limit, options_.optimizer.learning_rate));
  }
  const double lowered = state_.rate_factor * on_nan.factor;
  const StoredCheckpoint start = read_checkpoint(run_, "rollback");
  if (const int64_t epoch = stored_epoch(start.file); epoch != state_.epoch) {
    throw Error(
        fmt::format("training: {}; {} was written after epoch {}, not {}: expected the start of "
                    "this epoch to go back to; go on with {}",
                    why, start.path.string(), epoch, state_.epoch, run_.resume_command()));
  }
  restore(start);
  state_.rollbacks = rollbacks;
  state_.rate_factor = lowered;
  save();  // a process killed now must not begin with the higher rate again
  log::warn("{}; back to step {} with the learning rate times {:g} ({} of at most {})", why,
            state_.step, lowered, rollbacks, on_nan.limit);
}

}  // namespace latent
