#include "train/options.h"

#include "core/error.h"

namespace latent {
namespace {

void read_accumulate(Section& section, int64_t batch_size, int64_t& accumulate) {
  section.read("accumulate", accumulate, between(1, 1e6),
               "parts that each batch is cut into: they are computed one after another, with less "
               "memory, and their gradients add up to the batch's. Batch normalisation and "
               "penalties that compare images see only a part, and a GPU records no step");
  if (batch_size % accumulate == 0) return;
  throw Error(section.where("accumulate") + ": got " + std::to_string(accumulate) +
              ", which does not divide train.batch_size " + std::to_string(batch_size) +
              "; expected a divisor of it");
}

// What validation measures, and when it ends training.
void read_validation(Section& section, TrainOptions& options) {
  Section stopping = section.section("early_stopping");
  stopping.read("patience", options.patience, at_least(0),
                "stop after this many epochs without a better val_loss; 0 never stops early",
                OnResume::kMayChange);
  stopping.read("min_delta", options.min_delta, at_least(0.0),
                "smallest decrease of val_loss, in nats per image, that counts as an improvement");
  section.read("validation_count", options.validation_count, at_least(0),
               "number of validation images that each epoch is measured on, spread evenly over the "
               "validation split; 0: all");
}

}  // namespace

void TrainOptions::read(Section section) {
  section.read("epochs", epochs, between(1, 1e9), "passes over the training images",
               OnResume::kMayChange);
  section.read("batch_size", batch_size, between(1, 1e9), "images per step");
  section.read("seed", seed, at_least(0),
               "seed of the weights, the order of the images and all noise");
  optimizer.read(section);
  schedule.read(section);
  section.read("clip_norm", clip_norm, at_least(0.0),
               "largest Euclidean norm of the gradient; 0 turns clipping off");
  read_accumulate(section, batch_size, accumulate);
  section.read("ema", ema, from_below(0, 1),
               "decay of a running average of the weights, such as 0.999: validation, pictures and "
               "all commands use the average, and training goes on from the weights themselves; 0: "
               "no average");
  on_nan.read(section);
  section.read("precision", precision, OneOf{{"fp32", "bf16", "auto"}},
               "arithmetic of the layers; weights, losses and KL are always fp32; auto picks "
               "bf16 if a trial at the start finds it faster and accurate");
  section.read("kernels", kernels,
               "use the operations written for these models; with false, only LibTorch's");
  section.read("cuda_graph", cuda_graph,
               "on a GPU, replay a whole training step as one CUDA graph; with false, run it "
               "operation by operation");
  section.read("deterministic", deterministic,
               "on a GPU, use only operations whose results are bit-for-bit reproducible; they are "
               "slower and do not use TF32. On the CPU all operations are reproducible");
  read_validation(section, *this);
  Section checkpoint = section.section("checkpoint");
  checkpoint.read(
      "every_steps", checkpoint_steps, at_least(0),
      "save also within an epoch, after this many steps; 0 saves only at the end of each epoch",
      OnResume::kMayChange);
  checkpoint.read("every_minutes", checkpoint_minutes, at_least(0.0),
                  "save also within an epoch, after this many minutes; 0 turns this off",
                  OnResume::kMayChange);
  checkpoint.read("keep", checkpoint_keep, at_least(1),
                  "number of the latest checkpoints to keep as a fallback, including the newest; "
                  "best is always kept",
                  OnResume::kMayChange);
  section.read(
      "pictures_every", pictures_every, at_least(0),
      "draw samples and reconstructions every so many epochs; 0 draws them only after the last",
      OnResume::kMayChange);
  section.read("report", report,
               "write report.html into the run at the end of training, as latent report does");
  section.set_on_resume("report", OnResume::kMayChange);
  section.read("tensorboard", tensorboard,
               "write the columns of metrics.csv, pictures and histograms of the latents of each "
               "epoch into tensorboard/ of the run, for TensorBoard");
  section.set_on_resume("tensorboard", OnResume::kMayChange);
}

}  // namespace latent
