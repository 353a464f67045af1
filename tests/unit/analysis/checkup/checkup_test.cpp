// What the doctor finds: in the files of a run, in its metrics, and in a model.
#include "analysis/checkup/checkup.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include <torch/version.h>
#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/experiments.h"

#include "run/run_lock.h"
#include "train/checkpoint/checkpoint_store.h"
#include "train/checkpoint/train_state.h"
#include "train/on_nan.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

// The findings that are not good, one a line.
std::string ills(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) {
    if (finding.kind == Finding::Kind::kGood) continue;
    text += to_string(finding.kind) + " " + finding.where + ": " + finding.what + "; " +
            finding.remedy + "\n";
  }
  return text;
}

MetricsTable metrics(const std::vector<std::vector<double>>& rows) {
  return {.columns = {"epoch", "step", "train_nll", "val_loss", "val_nll"}, .rows = rows};
}

TEST(Checkup, GoodMetrics) {
  EXPECT_EQ(
      ills(check_metrics(metrics({{1, 10, 5, 6, 5}, {2, 20, 4, 5.99, 4}}), {.epochs = 2}, {})), "");
  EXPECT_EQ(ills(check_metrics(metrics({}), {.epochs = 0}, {})), "");
}

TEST(Checkup, MetricsThatDoNotFitTheCheckpoint) {
  const auto table = metrics({{1, 10, 5, 6, 5}, {2, 20, 4, 5.99, 4}});
  EXPECT_EQ(ills(check_metrics(table, {.epochs = 3}, {})),
            "problem metrics.csv: ends at epoch 2; the last checkpoint is of epoch 3; latent train "
            "--resume rewrites it from the checkpoint\n");
  EXPECT_EQ(ills(check_metrics(table, {.epochs = 1}, {})),
            "warning metrics.csv: continues to epoch 2; the last checkpoint is of epoch 1; latent "
            "train --resume repeats the epochs after it\n");
  EXPECT_EQ(ills(check_metrics(table, {.epochs = 1, .running = true}, {})), "");
}

TEST(Checkup, MetricsWithGaps) {
  const std::string remedy = "; latent train --resume rewrites it from the checkpoint\n";
  EXPECT_EQ(ills(check_metrics(metrics({{1, 10, 5, 6, 5}, {3, 30, 4, 6, 4}}), {.epochs = 2}, {})),
            "problem metrics.csv: found epoch 3, expected epoch 2" + remedy);
  EXPECT_EQ(ills(check_metrics(metrics({{1, 10, 5, 6, 5}, {2, 10, 4, 6, 4}}), {.epochs = 2}, {})),
            "problem metrics.csv: epoch 2 ends at step 10, not after step 10" + remedy);
  EXPECT_EQ(ills(check_metrics({.columns = {"a"}, .rows = {}}, {.epochs = 0}, {})),
            "problem metrics.csv: no columns epoch and step" + remedy);
}

TEST(Checkup, MetricsThatAreNoNumbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(ills(check_metrics(metrics({{1, 10, 5, 6, 5}, {2, 20, nan, 6, 5}}), {.epochs = 2}, {})),
            "problem metrics.csv: train_nll is nan at epoch 2; lower train.optimizer.learning_rate "
            "or set train.clip_norm\n");
}

// An older version wrote the first rows.
TEST(Checkup, AColumnThatCameLater) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(ills(check_metrics(metrics({{1, 10, 5, nan, 5}, {2, 20, 5, 6, 5}}), {.epochs = 2}, {})),
            "");
}

TEST(Checkup, OverfittingAndTooShortTraining) {
  EXPECT_EQ(ills(check_metrics(metrics({{1, 10, 9, 10, 10},
                                        {2, 20, 8, 10.1, 10},
                                        {3, 30, 7, 10.2, 10},
                                        {4, 40, 6, 10.3, 10}}),
                               {.epochs = 4}, {})),
            "warning metrics.csv: overfitting: val_nll 10 is 67% above train_nll 6, and val_loss "
            "was best at epoch 1 of 4; use the checkpoint best (the default); set "
            "train.early_stopping.patience, data.augment or model.encoder.dropout, or use more "
            "images\n");
  EXPECT_EQ(ills(check_metrics(metrics({{1, 10, 9, 10, 9}, {2, 20, 8, 8, 8}}), {.epochs = 2}, {})),
            "warning metrics.csv: val_loss still fell by 25.0% in the last epoch; train longer: "
            "latent train --resume --set train.epochs=4\n");
}

TEST(Checkup, ATrainingThatIsNotFinished) {
  const auto falls = metrics({{1, 10, 9, 10, 9}, {2, 20, 8, 8, 8}});
  EXPECT_EQ(ills(check_metrics(falls, {.epochs = 2, .planned = 9, .resume = "RESUME"}, {})),
            "warning metrics.csv: val_loss still fell by 25.0% in the last epoch; train the 9 "
            "epochs of its config: RESUME\n");
  EXPECT_EQ(ills(check_metrics(falls, {.epochs = 1, .planned = 9, .stuck = true}, {})), "")
      << "resuming alone does not help";
}

TEST(Checkup, FewSteps) {
  const auto found =
      ills(check_metrics(metrics({{1, 20, 5, 6, 5}, {2, 40, 4, 6, 5}, {3, 60, 4, 6, 5}}),
                         {.epochs = 3, .planned = 3, .resume = "RESUME"}, {}));
  EXPECT_EQ(found,
            "warning metrics.csv: only 60 steps of training; train longer: RESUME --set "
            "train.epochs=50\n");
  EXPECT_EQ(ills(check_metrics(metrics({{1, 200, 5, 6, 5}}), {.epochs = 1, .planned = 1}, {})), "");
}

const std::string kConfig = R"({"data": {"name": "shapes"},
  "objective": {"likelihood": {"name": "gaussian"}, "kl": {"weight": 4}}})";

std::string model_ills(const ModelFacts& facts, const std::string& text = kConfig) {
  Config config = Config::parse(text, "test.json");
  read_experiment(config);
  return ills(check_model(facts, config));
}

TEST(Checkup, AGoodModel) {
  EXPECT_EQ(model_ills({.latents = 2, .used = 2, .kl = 5, .rmse = 0.5}), "");
}

TEST(Checkup, PosteriorCollapse) {
  EXPECT_EQ(
      model_ills({.latents = 2, .used = 0, .kl = 0.001, .variance_share = 0.001, .rmse = 0.5}),
      "problem latents: posterior collapse: none of the 2 latents carries more than 0.01 "
      "nats (KL 0.001 nats); lower objective.kl.weight (now 4), or let it grow: "
      "objective.kl.warmup_epochs "
      "(now 0)\n"
      "warning decoder: outputs nearly the same picture for every image: 0.001 of the images' "
      "variance; "
      "lower train.optimizer.learning_rate (now 0.001), objective.kl.weight (now 4), or train "
      "longer\n");
  EXPECT_NE(model_ills({.has_posterior = false, .latents = 8, .used = 3, .rmse = 0.5})
                .find("warning latents: 5 of 8 latents hardly vary between images (variance below "
                      "1e-8); lower "),
            std::string::npos);
  EXPECT_EQ(
      model_ills({.latents = 8, .used = 3, .kl = 9, .rmse = 0.5}),
      "warning latents: 5 of 8 latents carry at most 0.01 nats of KL; lower objective.kl.weight "
      "(now 4) "
      "to use more of them, or set model.latent_dim to 3: the results should stay much the same\n");
}

const std::string kSparse = R"({"data": {"name": "shapes"},
  "model": {"bottleneck": {"name": "point", "activation": "relu"}},
  "objective": {"sparsity_l1": {"weight": 0.5}}})";

TEST(Checkup, DeadUnits) {
  const ModelFacts some{.has_posterior = false, .latents = 8, .used = 5, .dead = 3, .rmse = 0.1};
  EXPECT_EQ(
      model_ills(some, kSparse),
      "warning latents: 3 of 8 units are dead: always 0; lower "
      "objective.sparsity_l1.weight (now 0.5) or train.optimizer.learning_rate (now 0.001)\n");
  const ModelFacts all{.has_posterior = false, .latents = 8, .used = 0, .dead = 8, .rmse = 0.1};
  EXPECT_EQ(model_ills(all, kSparse),
            "problem latents: none of the 8 units differs between images; lower "
            "objective.sparsity_l1.weight (now 0.5)\n");
  const std::string weightless = std::string(kSparse).replace(kSparse.find("0.5"), 3, "0.0");
  EXPECT_EQ(model_ills(some, weightless),
            "warning latents: 3 of 8 units are dead: always 0; lower "
            "train.optimizer.learning_rate (now 0.001)\n");
}

TEST(Checkup, Codes) {
  const std::string config = R"({"data": {"name": "shapes"}, "model": {"bottleneck": "vq"}})";
  const auto of = [&](int64_t used, double perplexity, int64_t places) {
    return model_ills({.has_posterior = false,
                       .latents = 8,
                       .used = 8,
                       .rmse = 0.1,
                       .codes = CodeUse{.codes = 512, .used = used, .perplexity = perplexity},
                       .seen_places = places},
                      config);
  };
  EXPECT_EQ(of(500, 300, 100'000), "");
  EXPECT_EQ(of(60, 50, 64), "") << "more codes cannot be seen at so few places";
  EXPECT_EQ(of(200, 90, 100'000),
            "warning codes: 200 of 512 used, perplexity 90.0; raise model.bottleneck.revive (now "
            "0.03), lower train.optimizer.learning_rate (now 0.001), train longer, or set "
            "model.bottleneck.codes to 200\n");
  EXPECT_EQ(of(1, 1, 100'000),
            "problem codes: the codebook has collapsed: 1 of 512 used, perplexity 1.0; raise "
            "model.bottleneck.revive (now 0.03), lower train.optimizer.learning_rate (now 0.001), "
            "train longer, or set model.bottleneck.codes to 2\n");
}

TEST(Checkup, Saturation) {
  EXPECT_EQ(model_ills({.has_posterior = false,
                        .unit_interval = true,
                        .latents = 8,
                        .used = 8,
                        .saturated_codes = 0.9,
                        .saturated_outputs = 0.8,
                        .saturated_targets = 0.5},
                       R"({"data": {"name": "shapes"},
                           "model": {"bottleneck": {"name": "point", "activation": "sigmoid"}}})"),
            "warning latents: 90% of the sigmoid's codes are at 0 or 1; lower "
            "train.optimizer.learning_rate (now 0.001), or set model.bottleneck.activation to none "
            "or relu\n"
            "warning decoder: 80% of its output values are at 0 or 1, but 50% of the images' "
            "values; lower "
            "train.optimizer.learning_rate (now 0.001) or set train.clip_norm\n");
}

TEST(Checkup, RangeAndLikelihood) {
  EXPECT_EQ(
      model_ills({.latents = 2, .used = 2, .kl = 5, .outside = 0.2, .rmse = 0.1}),
      "warning likelihood: 20% of the pictures' values are outside [0, 1]; set "
      "objective.likelihood.output to sigmoid\n"
      "warning likelihood: its sigma is 1, but the root mean squared error is 0.1: the KL has "
      "more weight than intended; set objective.likelihood.sigma to optimal, or "
      "objective.likelihood.value to the error\n");
}

TEST(Checkup, NoNumbers) {
  EXPECT_EQ(model_ills({.finite = false}),
            "problem model: its loss is NaN or infinite; lower train.optimizer.learning_rate (now "
            "0.001) or set train.clip_norm, and train again\n");
}

class CheckupFiles : public testing::Test {
 protected:
  CheckupFiles() {
    CheckpointStore store(run_, 2);
    store.write_best(checkpoint(), 10);
    store.write_last(checkpoint(), 10);
    write_metrics(run_.metrics(), metrics({{1, 10, 5, 6, 5}}));
  }
  static TensorFile checkpoint(double weight = 1) {
    TensorFile file{.tensors = {{"model.weight", at::full({500}, weight)}},
                    .metadata = {{"config", kConfig}}};
    store_state({.epoch = 1, .step = 10, .data = {}}, LearningRateSchedule({}, 1), file);
    return file;
  }
  std::string found() const { return ills(check_files(run_.path())); }

  TemporaryFolder folder_;
  RunDirectory run_ = RunDirectory::create(
      folder_ / "run", false, kConfig,
      {{"latent", "1"}, {"revision", "abc"}, {"torch", TORCH_VERSION}, {"device", "cpu"}});
  const std::string restart_ =
      "latent train " + run_.config().string() + " --run " + run_.path().string() + " --overwrite";
  const std::string resume_ = "latent train --run " + run_.path().string() + " --resume";
};

TEST_F(CheckupFiles, AllWell) { EXPECT_EQ(found(), ""); }

TEST_F(CheckupFiles, DamagedAndMissingCheckpoints) {
  fs::resize_file(run_.checkpoint("last"), 1000);
  fs::remove(run_.checkpoint("best"));
  const std::string text = found();
  EXPECT_NE(text.find("problem checkpoints/last.safetensors: damaged or not a safetensors file: "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("; restore it, or start again: " + restart_ + "\n"), std::string::npos)
      << text;
  fs::remove_all(run_.path() / "checkpoints");
  const std::string start = resume_ + " starts from the beginning\n";
  EXPECT_EQ(found(),
            "problem checkpoints: none, although metrics.csv has 1 epoch; restore the files of "
            "checkpoints/; " +
                start);
  fs::remove(run_.metrics());
  EXPECT_EQ(found(), "problem checkpoints: none yet; " + start);
}

TEST_F(CheckupFiles, WeightsThatAreNoNumbers) {
  CheckpointStore(run_, 2).write_best(checkpoint(std::nan("")), 10);
  EXPECT_EQ(found(),
            "problem checkpoints/best.safetensors: model.weight holds NaN or infinities; remove "
            "it: another checkpoint is then used\n");
  CheckpointStore(run_, 2).write_last(checkpoint(std::nan("")), 10);
  const std::string again = "model.weight holds NaN or infinities; start again: " + restart_ +
                            " --set train.optimizer.learning_rate=0.0001\n";
  EXPECT_EQ(found(), "problem checkpoints/last.safetensors: " + again +
                         "problem checkpoints/best.safetensors: " + again);
}

TEST_F(CheckupFiles, ADamagedLastCheckpointBesideAGoodOne) {
  fs::resize_file(run_.checkpoint("last"), 1000);
  const std::string text = found();
  EXPECT_NE(text.find("; restore it, or resume from the newest good one: " + resume_ + "\n"),
            std::string::npos)
      << text;
  fs::remove(run_.checkpoint("last"));
  EXPECT_NE(
      found().find("problem checkpoints/last.safetensors: missing; another checkpoint is used "
                   "instead; " +
                   resume_ + " makes it the last\n"),
      std::string::npos)
      << found();
}

TEST_F(CheckupFiles, WithoutTheBestCheckpointTheLastIsUsed) {
  fs::remove(run_.checkpoint("best"));
  EXPECT_EQ(found(),
            "warning checkpoints/best.safetensors: missing; another checkpoint is used instead\n");
}

// As the trainer notes it: step 12, in epoch 2.
void note_step(const RunDirectory& run, int64_t step) {
  note_bad_batch({.step = step, .epoch = 2, .batch = 2, .what = "loss", .indices = at::arange(3)},
                 run.bad_steps());
}

TEST_F(CheckupFiles, AStepWithNanThatEndedTheTraining) {
  note_step(run_, 9);  // before the checkpoint of step 10
  EXPECT_EQ(found(), "");
  note_step(run_, 12);
  const std::string restart = "start again: " + restart_ +
                              " --set train.optimizer.learning_rate=0.0001 (or set "
                              "train.clip_norm)";
  const std::string ill = "loss became NaN or infinite at step 12 (epoch 2)";
  EXPECT_EQ(found(), "problem bad-steps/step-00000012.json: training stopped, because " + ill +
                         "; " + restart + "; or, if the losses before it were good, " + resume_ +
                         " --set train.on_nan=rollback continues with a lower learning rate\n");
  fs::remove_all(run_.path() / "checkpoints");
  fs::remove(run_.metrics());
  EXPECT_EQ(found(), "problem checkpoints: none, because " + ill + "; " + restart + "\n");
  write_file(run_.bad_steps() / "step-00000012.json", "{");
  write_file(run_.bad_steps() / "step-00000009.json", "3");
  EXPECT_EQ(found(), "problem checkpoints: none yet; " + resume_ + " starts from the beginning\n")
      << "damaged notes do not count";
}

TEST_F(CheckupFiles, AValidationWithNanEndedTheTraining) {
  note_bad_validation(9, 1, run_.bad_steps());  // the checkpoint is of epoch 1
  EXPECT_EQ(found(), "");
  // The checkpoint of step 10 may have been written before the validation that came after it.
  note_bad_validation(10, 2, run_.bad_steps());
  const std::string restart = "start again: " + restart_ +
                              " --set train.optimizer.learning_rate=0.0001 (or set "
                              "train.clip_norm)";
  EXPECT_TRUE(found().starts_with(
      "problem bad-steps/validation-00000010.json: training stopped, because val_loss became NaN "
      "or infinite at step 10 (epoch 2); " +
      restart))
      << found();
  fs::remove_all(run_.path() / "checkpoints");
  fs::remove(run_.metrics());
  EXPECT_EQ(found(),
            "problem checkpoints: none, because val_loss became NaN or infinite at step 10 (epoch "
            "2); " +
                restart + "\n");
}

TEST_F(CheckupFiles, AStepWithNanThatIsSkippedMayNotHaveEndedTheTraining) {
  Config config =
      Config::parse(kConfig, "x", {"train.on_nan=skip", "train.optimizer.learning_rate=10"});
  read_experiment(config);
  write_file(run_.config(), config.resolved_text());
  note_step(run_, 12);
  const std::string text = found();
  EXPECT_NE(text.find("warning bad-steps/step-00000012.json: loss became NaN or infinite at step "
                      "12 (epoch 2), and no checkpoint is of a later step; if training ended with "
                      "that error, start again: " +
                      restart_ +
                      " --set train.optimizer.learning_rate=0.001 (or set train.clip_norm); if it "
                      "was killed, " +
                      resume_ + "\n"),
            std::string::npos)
      << text;
}

TEST_F(CheckupFiles, CountersThatCannotBe) {
  for (const auto& [name, value] :
       {std::pair<const char*, nlohmann::json>{"best_loss", nullptr}, {"step", 1e300}}) {
    TensorFile file = checkpoint();
    auto state = nlohmann::json::parse(file.metadata["state"]);
    state[name] = value;
    file.metadata["state"] = state.dump();
    write_tensors(run_.checkpoint("best"), file);
    EXPECT_EQ(found(),
              "problem checkpoints/best.safetensors: no training state in its metadata, or a "
              "damaged one; expected a checkpoint of latent train; replace it by a backup, or "
              "remove it: another checkpoint is then used\n")
        << name;
  }
}

TEST_F(CheckupFiles, ADamagedConfigInACheckpointIsSaidToBeThere) {
  TensorFile file = checkpoint();
  file.metadata["config"] = R"({"data": {"name": "shapes"}, "train": {"epochs": "x"}})";
  write_tensors(run_.checkpoint("last"), file);
  EXPECT_EQ(found(),
            "problem run: " + run_.checkpoint("last").string() +
                ": train.epochs: got \"x\"; expected an integer >= 1 and <= 1000000000; \n");
}

TEST_F(CheckupFiles, AnotherConfig) {
  Config config = Config::parse(kConfig, "x", {"train.batch_size=7"});
  read_experiment(config);
  write_file(run_.config(), config.resolved_text());
  EXPECT_EQ(found(),
            "problem config.json: not what the run was trained with: train.batch_size is 7, was "
            "128; restore these keys, or train a new run\n");
}

TEST_F(CheckupFiles, MetricsThatAreNotThere) {
  fs::remove(run_.metrics());
  EXPECT_EQ(found(),
            "problem metrics.csv: no such file; " + resume_ + " rewrites it from the checkpoint\n");
}

TEST_F(CheckupFiles, Leftovers) {
  write_file(run_.path() / "train.lock", "process 7 on host\n");
  write_file(run_.path() / "checkpoints/last.safetensors.tmp7", "half");
  EXPECT_EQ(found(),
            "warning train.lock: left by a process that was killed; it does not block; \n"
            "warning checkpoints/last.safetensors.tmp7: 1 half-written file of a process that was "
            "killed; remove what you do not need; " +
                resume_ + " also removes them\n");
  const RunLock training(run_.path());
  EXPECT_EQ(found(), "") << "files of a process at work";
}

TEST_F(CheckupFiles, FoldersThatAreNoRun) {
  EXPECT_EQ(ills(check_files(folder_ / "nowhere")),
            "problem run: " + (folder_ / "nowhere").string() +
                ": no such run; expected a folder made by latent train; \n");
}

TEST_F(CheckupFiles, AnotherLibrary) {
  write_file(run_.path() / "build.json", R"({"format": 1, "torch": "1.0"})");
  EXPECT_EQ(
      found(),
      "warning build.json: made by latent unknown (revision unknown, LibTorch 1.0) on unknown; "
      "this is LibTorch " TORCH_VERSION ": results of a resumed run may differ in the last bits\n");
}

}  // namespace
}  // namespace latent
