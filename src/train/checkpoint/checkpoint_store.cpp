#include "train/checkpoint/checkpoint_store.h"

#include <chrono>
#include <thread>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/system/temporary.h"
#include "core/text/suggest.h"
#include "run/metrics.h"
#include "train/checkpoint/train_state.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int kAttempts = 4;
constexpr std::chrono::milliseconds kFirstWait{250};  // doubled each time: 1.75 s in all

std::optional<StoredCheckpoint> try_to_read(const RunDirectory& run, const std::string& name,
                                            std::string& reason) {
  const fs::path path = run.checkpoint(name);
  try {
    return StoredCheckpoint{.name = name, .path = path, .file = read_tensors(path)};
  } catch (const Error& damage) {
    reason = damage.what();
    return std::nullopt;
  }
}

}  // namespace

StoredCheckpoint read_checkpoint(const RunDirectory& run, const std::string& preferred) {
  const auto names = run.checkpoint_names();
  if (names.empty()) {
    if (const int64_t epochs = recorded_epochs(run.metrics()); epochs > 0) {
      throw Error(fmt::format(
          "{}: no checkpoint, although metrics.csv has {}; expected the files of checkpoints/ "
          "restored, or a new training: {}",
          run.path().string(), counted(epochs, "epoch"), run.resume_command()));
    }
    throw Error(run.path().string() +
                ": no checkpoint yet; expected a run that trained for at least one epoch");
  }
  std::string reason;
  if (auto found = try_to_read(run, preferred, reason)) return std::move(*found);
  std::optional<StoredCheckpoint> newest;
  for (const auto& name : names) {
    if (name == preferred) continue;
    std::string other;
    auto found = try_to_read(run, name, other);
    if (!found) {
      log::warn("{}", other);
    } else if (!newest || stored_step(found->file) > stored_step(newest->file)) {
      newest = std::move(found);
    }
  }
  if (!newest) {
    throw Error(reason +
                "; no other checkpoint of the run can be read; expected a backup in its place, or "
                "training from the start with --overwrite");
  }
  log::warn("{}; using {} (step {}), the newest that can be read", reason, newest->path.string(),
            stored_step(newest->file));
  return std::move(*newest);
}

void CheckpointStore::continue_from(const StoredCheckpoint& checkpoint) {
  good_step_ = stored_step(checkpoint.file);
  // If another checkpoint replaces a damaged `last`, that file is not worth keeping.
  last_step_ = checkpoint.name == "last" ? good_step_ : std::nullopt;
}

void CheckpointStore::write_last(const TensorFile& file, int64_t step) {
  world_.lead([&] {
    if (keep_ > 1 && last_step_ && *last_step_ != step)
      keep_last_as(RunDirectory::older_name(*last_step_));
    write("last", file, step);
    remove_old(step);
  });
  last_step_ = step;
}

void CheckpointStore::write_best(const TensorFile& file, int64_t step) {
  world_.lead([&] { write("best", file, step); });
}

void CheckpointStore::write(const std::string& name, const TensorFile& file, int64_t step) {
  auto wait = kFirstWait;
  for (int attempt = 1;; ++attempt, wait *= 2) {
    try {
      write_tensors(run_.checkpoint(name), file);
      good_step_ = step;
      return;
    } catch (const Error& failure) {
      if (attempt == kAttempts) {
        throw Error(fmt::format(
            "{} ({} attempts); training stopped at step {}{}; fix that and resume with {}",
            failure.what(), kAttempts, step,
            good_step_ ? fmt::format(", the checkpoint of step {} is kept", *good_step_) : "",
            run_.resume_command()));
      }
      log::warn("{}; retrying", failure.what());
      std::this_thread::sleep_for(wait);
    }
  }
}

// Gives the file a second name before another file takes its first, so that a checkpoint exists at
// every instant. Copies it on a file system without hard links.
void CheckpointStore::keep_last_as(const std::string& name) const {
  const fs::path last = run_.checkpoint("last"), kept = run_.checkpoint(name);
  const fs::path link = temporary_name(kept);
  NotedTemporary noted;
  noted.note(link);
  std::error_code code, ignored;
  fs::remove(link, ignored);
  fs::create_hard_link(last, link, code);
  if (!code) fs::rename(link, kept, code);
  fs::remove(link, ignored);  // rename does nothing if both names are of the same file
  if (!code) return;
  try {
    write_file(kept, read_file(last, size_t{1} << 40));
  } catch (const Error& failure) {
    log::warn("{}; one checkpoint fewer is kept to fall back on", failure.what());
  }
}

void CheckpointStore::keep_for_rollback() const {
  world_.lead([&] { keep_last_as("rollback"); });
}

bool CheckpointStore::rollback_is_of(int64_t epoch) const {
  std::string ignored;
  const auto found = try_to_read(run_, "rollback", ignored);
  return found && stored_epoch(found->file) == epoch;
}

void CheckpointStore::remove_old(int64_t step) const {
  int64_t kept = 1;  // `last`
  for (const auto& name : run_.checkpoint_names()) {
    const int64_t of = RunDirectory::step_of(name);
    if (of < 0) continue;
    // A step later than the last belongs to a training that was rolled back to before it.
    if (of < step && kept++ < keep_) continue;
    std::error_code code;
    fs::remove(run_.checkpoint(name), code);
  }
}

}  // namespace latent
