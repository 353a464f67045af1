#include "train/options.h"

namespace latent {

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
  Section stopping = section.section("early_stopping");
  stopping.read("patience", patience, at_least(0),
                "stop after this many epochs without a better val_loss; 0 never stops early",
                OnResume::kMayChange);
  stopping.read("min_delta", min_delta, at_least(0.0),
                "smallest decrease of val_loss, in nats per image, that counts as an improvement");
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
}

}  // namespace latent
