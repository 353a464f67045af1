#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "core/device/device_tools.h"
#include "core/log.h"
#include "core/random.h"
#include "core/stopwatch.h"
#include "core/system/process.h"
#include "core/version.h"
#include "kernel/allowed.h"
#include "model/summary.h"
#include "session/example_batch.h"
#include "session/experiment.h"
#include "train/arithmetic.h"
#include "train/evaluation.h"
#include "train/profile.h"
#include "train/stepper.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Measures large matrix products; returns the speed of the fastest in operations a second.
double matrix_peak(const std::string& precision, const c10::Device& device) {
  const torch::NoGradGuard no_grad;
  constexpr int64_t kTrials = 8;
  const int64_t size =
      device.is_cpu() ? 2048 : 8192;  // a GPU finishes a smaller one before it is warm
  auto noise = generator(0, Stream::kSample);
  Tensor a = at::empty({size, size}).normal_(0, 1, noise).to(device);
  if (precision == "bf16") a = a.to(at::kBFloat16);
  double best = 0;
  for (int64_t trial = 0; trial < kTrials; ++trial) {
    const Stopwatch watch;
    const Tensor product = at::mm(a, a);
    product[0][0].item<float>();  // waits for the device
    best = std::max(best, 2.0 * std::pow(static_cast<double>(size), 3) / watch.seconds());
  }
  return best;
}

// The operations of a training step's products: the backward pass computes two for each forward
// one.
double operations_per_image(const Autoencoder& model) {
  int64_t multiply_adds = 0;
  for (const auto& row : summarize(model.spec()))
    multiply_adds += row.multiply_adds;
  return 3 * 2 * static_cast<double>(multiply_adds);
}

// Training on the images of a data set in one fixed order, without epochs, validation or files.
class EndlessTraining {
 public:
  EndlessTraining(const Experiment& experiment, const Fitted& fitted, const Examples& examples,
                  TrainingStep& step, const c10::Device& device)
      : batch_(std::min(experiment.train.batch_size, examples.count())),
        batches_(training_batches(experiment, fitted, examples, device)),
        step_(step),
        stepper_(batches_, step, experiment.train, device) {
    auto shuffle = generator(static_cast<uint64_t>(experiment.train.seed), Stream::kShuffle);
    order_ = at::randperm(examples.count(), shuffle, at::kLong).to(batches_.storage_device());
  }

  /// Trains for `seconds`, at least one step. Returns images a second.
  double run(double seconds, StepProfile* profile) {
    const Stopwatch watch;
    const int64_t before = steps_;
    while (steps_ == before || watch.seconds() < seconds) {
      if ((next_ + batch_) > order_.size(0)) next_ = 0;
      stepper_.run(order_, next_, batch_, steps_);
      ++steps_;
      next_ += batch_;
      if (profile != nullptr) profile->after_step();
    }
    step_.check_finite();  // waits for the device
    return static_cast<double>((steps_ - before) * batch_) / watch.seconds();
  }

  int64_t batch() const { return batch_; }
  /// Whether a step is one CUDA graph.
  bool recorded() const { return stepper_.recorded(); }

 private:
  int64_t batch_;
  Batches batches_;
  TrainingStep& step_;
  Stepper stepper_;
  Tensor order_;  // [N]
  int64_t next_ = 0, steps_ = 0;
};

// What the measurements found, in text and as JSON.
void print_rates(const Arguments& arguments, const Experiment& experiment,
                 const EndlessTraining& training, const std::vector<double>& rates,
                 double operations, const c10::Device& device) {
  const std::string& precision = experiment.train.precision;
  const double rate = median(rates), peak = matrix_peak(precision, device);
  const double share = rate * operations / peak,
               memory = static_cast<double>(peak_resident_bytes()) / 1e6,
               device_memory = static_cast<double>(peak_device_bytes(device)) / 1e6;
  print_result(
      arguments,
      {{"config", arguments.text("config")},
       {"images_per_second", rate},
       {"windows", rates},
       {"batch_size", training.batch()},
       {"precision", precision},
       {"kernels", experiment.train.kernels && kernel::allowed() != kernel::Allowed::kNothing},
       {"cuda_graph", training.recorded()},
       {"device", latent::describe(device)},
       {"threads", at::get_num_threads()},
       {"matrix_peak_gflops", peak / 1e9},
       {"share_of_peak", share},
       {"peak_resident_mb", memory},
       {"peak_device_mb", device_memory},
       {"latent", version()},
       {"revision", git_revision()},
       {"torch", TORCH_VERSION}},
      fmt::format(
          "batch {}, {}, {}{}; {:.0f}% of the machine's matrix peak of {:.0f} GFLOP/s; {:.0f} "
          "MB at most{}\n{:.0f} images/s\n",
          training.batch(), precision, latent::describe(device),
          training.recorded() ? ", a CUDA graph"
          : device.is_cpu()   ? ""
                              : ", no CUDA graph",
          100 * share, peak / 1e9, memory,
          device.is_cpu() ? "" : fmt::format(", {:.0f} MB on the GPU", device_memory), rate));
}

// Calls work(first, count) for batches of `images`, again and again, for `seconds`. Returns images
// a second.
template <typename Work>
double rate_of(int64_t images, double seconds, const Work& work) {
  const Stopwatch watch;
  int64_t done = 0;
  do {
    const int64_t first = done % images, count = std::min(kEvaluationBatch, images - first);
    work(first, count);
    done += count;
  } while (watch.seconds() < seconds);
  return static_cast<double>(done) / watch.seconds();
}

// Measures encoding and decoding as the commands do that use a trained model: in fp32, in batches,
// from and to images of floats on the CPU.
void bench_inference(const Arguments& arguments, const Experiment& experiment, const Fitted& fitted,
                     const Examples& examples, const c10::Device& device) {
  const int64_t windows = arguments.integer("windows", 1, 1000), images = examples.count();
  const double seconds = arguments.number("seconds");
  const torch::NoGradGuard no_grad;
  set_full_precision(device);
  auto [model, objective] = fresh_model(experiment, fitted, device);
  model->eval();
  model->use_kernels(experiment.train.kernels);
  Tensor codes;
  const auto encode = [&](int64_t first, int64_t count) {
    const Tensor input = fitted.corruption.encoder_input(batch_of(examples, first, count).images);
    codes = model->encode(input.to(device), {}, std::nullopt).z.cpu();
  };
  const auto decode = [&](int64_t, int64_t count) {
    const Tensor z = codes.narrow(0, 0, std::min(count, codes.size(0)));
    objective->likelihood().mean(model->decode(z.to(device), {})).cpu();
  };
  rate_of(images, seconds / 2, encode);
  encode(0, std::min(kEvaluationBatch, images));
  rate_of(images, seconds / 2, decode);
  std::vector<double> encoded, decoded;
  for (int64_t i = 0; i < windows; ++i) {
    encoded.push_back(rate_of(images, seconds, encode));
    encode(0, std::min(kEvaluationBatch, images));
    decoded.push_back(rate_of(images, seconds, decode));
    log::info("window {}: {:.0f} images/s encoded, {:.0f} decoded", i + 1, encoded.back(),
              decoded.back());
  }
  print_result(arguments,
               {{"config", arguments.text("config")},
                {"encoded_images_per_second", median(encoded)},
                {"decoded_images_per_second", median(decoded)},
                {"batch_size", std::min(kEvaluationBatch, images)},
                {"kernels", experiment.train.kernels},
                {"device", latent::describe(device)},
                {"threads", at::get_num_threads()}},
               fmt::format("batch {}, fp32, {}\n{:.0f} images/s encoded\n{:.0f} images/s decoded\n",
                           std::min(kEvaluationBatch, images), latent::describe(device),
                           median(encoded), median(decoded)));
}

}  // namespace

void declare_bench(cxxopts::Options& options) {
  options.positional_help("CONFIG.json");
  options.parse_positional("config");
  options.add_options("input")("config", "the config to measure", cxxopts::value<std::string>(),
                               "FILE");
  options.add_options()("windows", "number of measurements (the median is reported)",
                        cxxopts::value<int64_t>()->default_value("5"), "N")(
      "seconds", "seconds per measurement", cxxopts::value<double>()->default_value("3"), "S")(
      "inference", "measure encoding and decoding instead of training")(
      "profile", "write a trace of some steps, for Perfetto or chrome://tracing",
      cxxopts::value<std::string>(), "FILE");
  declare_settings(options);
}

void run_bench(const Arguments& arguments) {
  const int64_t windows = arguments.integer("windows", 1, 1000);
  const double seconds = arguments.number("seconds");
  if (!(seconds > 0)) throw UsageError(fmt::format("--seconds {}: expected a number > 0", seconds));
  Config config = Config::load(arguments.config("bench"), arguments.settings());
  Experiment experiment = read_experiment(config);
  const c10::Device device = arguments.device();
  const Examples examples = load_split(*experiment.data.open(), Split::kTrain);
  const Fitted fitted = fit_to_examples(experiment, examples);
  if (arguments.has("inference"))
    return bench_inference(arguments, experiment, fitted, examples, device);
  auto [model, objective] = fresh_model(experiment, fitted, device);
  experiment.train.precision = settled_precision(experiment, fitted, examples, device);
  const double operations = operations_per_image(*model);
  model->train();
  TrainingStep step(experiment.train, model, objective, device);
  EndlessTraining training(experiment, fitted, examples, step, device);
  std::optional<StepProfile> profile;
  if (arguments.has("profile")) profile.emplace(arguments.text("profile"), device);
  training.run(std::max(1.0, seconds / 2), profile ? &*profile : nullptr);
  std::vector<double> rates;
  for (int64_t i = 0; i < windows; ++i) {
    rates.push_back(training.run(seconds, profile ? &*profile : nullptr));
    log::info("window {}: {:.0f} images/s", i + 1, rates.back());
  }
  print_rates(arguments, experiment, training, rates, operations, device);
}

}  // namespace latent
