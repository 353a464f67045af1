#include "train/options.h"

namespace latent {

void TrainOptions::read(Section section) {
  section.read("epochs", epochs, between(1, 1e9), "passes over the training images");
  section.read("batch_size", batch_size, between(1, 1e9), "images per step");
  section.read("seed", seed, at_least(0),
               "seed of the weights, the order of the images and every noise");
  optimizer.read(section);
  schedule.read(section);
  section.read("clip_norm", clip_norm, at_least(0.0),
               "largest Euclidean norm of the gradient; 0: no clipping");
  on_nan.read(section);
  section.read(
      "precision", precision, OneOf{{"fp32", "bf16", "auto"}},
      "arithmetic of the layers; weights, losses and KL are fp32 always; auto: bf16 where a "
      "trial at the start finds it faster and right");
  section.read("kernels", kernels,
               "use operations written for these models; false: LibTorch's only");
  section.read("cuda_graph", cuda_graph,
               "on a GPU, replay a whole training step as one CUDA graph; false: run it operation "
               "by operation");
  section.read("deterministic", deterministic,
               "on a GPU, compute only what gives the same bits each time: slower, without TF32; "
               "the CPU always does");
  Section stopping = section.section("early_stopping");
  stopping.read("patience", patience, at_least(0),
                "stop after so many epochs without a better val_loss; 0: never");
  stopping.read("min_delta", min_delta, at_least(0.0),
                "nats per image that count as better for patience");
  Section checkpoint = section.section("checkpoint");
  checkpoint.read("every_steps", checkpoint_steps, at_least(0),
                  "save within an epoch after so many steps; 0: never. Every epoch's end saves");
  checkpoint.read("every_minutes", checkpoint_minutes, at_least(0.0),
                  "save within an epoch after so many minutes; 0: never");
  checkpoint.read("keep", checkpoint_keep, at_least(1),
                  "last checkpoints that stay to fall back on, the newest among them; best stays "
                  "always");
  section.read("pictures_every", pictures_every, at_least(0),
               "epochs between sample and reconstruction pictures; 0: only after the last");
}

}  // namespace latent
