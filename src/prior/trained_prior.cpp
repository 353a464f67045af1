#include "prior/trained_prior.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/device/device.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/system/file.h"
#include "core/text/shell.h"
#include "core/version.h"
#include "run/run_lock.h"
#include "session/codes.h"
#include "session/model_digest.h"
#include "train/arithmetic.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr double kUnseenCode = 0.5;      // added to each count
constexpr int64_t kDrawnTogether = 256;  // bounds the memory of keys and values
constexpr int64_t kMostPlaces = 4096, kMostTable = int64_t{1} << 26;

const Codebook& codebook_of(const OpenedRun& run) {
  const Codebook* codes = run.model->bottleneck().codebook();
  if (codes == nullptr) {
    throw Error(run.directory.path().string() +
                ": its latents are not codes; expected a run with model.bottleneck vq or fsq");
  }
  return *codes;
}

std::string train_command(const OpenedRun& run, const std::string& name, const char* flag) {
  return "latent prior train --run " + shell_word(run.directory.path().string()) + " --name " +
         name + flag;
}

TransformerPlan plan_of_prior(const OpenedRun& run, const PriorOptions& options,
                              int64_t condition) {
  const Codebook& codes = codebook_of(run);
  if (codes.places() > kMostPlaces || codes.places() * codes.size() > kMostTable) {
    throw Error(fmt::format(
        "{}: {} codes at {} places are too many for a transformer; expected a smaller map "
        "(model.encoder) or fewer codes",
        run.directory.path().string(), codes.size(), codes.places()));
  }
  return {.codes = codes.size(),
          .places = codes.places(),
          .row = codes.width(),
          .layers = options.layers,
          .channels = options.channels,
          .heads = options.heads,
          .condition = condition};
}

// Throws Error if a prior's checkpoint is of other codes than the run's.
void expect_same_codes(const OpenedRun& run, const TensorFile& file, const std::string& name) {
  const auto found = file.metadata.find("codes");
  if (found != file.metadata.end() && found->second == model_digest(*run.model)) return;
  throw Error(fmt::format(
      "{}: trained on the codes of another checkpoint than {} of this run; expected a prior "
      "trained again: {}",
      prior_folder(run, name).string(), run.checkpoint, train_command(run, name, " --overwrite")));
}

Condition condition_in(const TensorFile& file, const fs::path& path) {
  const auto found = file.metadata.find("condition");
  return found == file.metadata.end() || found->second.empty()
             ? Condition()
             : Condition::parse(found->second, path.string());
}

// log2 of frequencies with a little added to each: [..., K] from counts [..., K].
Tensor code_lengths(const Tensor& counts) {
  const Tensor some = counts.to(at::kDouble) + kUnseenCode;
  return -(some / some.sum(-1, true)).log2();
}

double bits_by_frequency(const Tensor& train, const Tensor& test, int64_t codes) {
  const Tensor lengths = code_lengths(at::bincount(train.flatten(), {}, codes));
  return lengths.index_select(0, test.flatten()).sum().item<double>() /
         static_cast<double>(test.size(0));
}

double bits_by_place(const Tensor& train, const Tensor& test, int64_t codes) {
  const int64_t places = train.size(1);
  const Tensor cells = at::arange(places, at::kLong) * codes;
  const Tensor counts =
      at::bincount((train + cells).flatten(), {}, places * codes).view({places, codes});
  return code_lengths(counts)
             .flatten()
             .index_select(0, (test + cells).flatten())
             .sum()
             .item<double>() /
         static_cast<double>(test.size(0));
}

CodedImages coded_split(const OpenedRun& run, Split split, const Condition& condition, bool quiet) {
  CodedImages images{.indices = split_indices(run, split, quiet), .condition = {}};
  if (condition.empty()) return images;
  const Examples examples = run.load(split);
  images.condition = condition.rows(examples.attributes, examples.count());
  return images;
}

// The folder of a new prior, or of the one to continue.
RunDirectory prior_directory(const OpenedRun& run, const PriorRequest& request,
                             const Config& config) {
  const fs::path folder = prior_folder(run, request.name);
  if (request.resume) return RunDirectory::open(folder);
  const RunDirectory made = RunDirectory::create(folder, true, config.resolved_text(),
                                                 {{"latent", version()},
                                                  {"revision", git_revision()},
                                                  {"torch", TORCH_VERSION},
                                                  {"device", describe(run.device)}});
  made.remove_temporaries();
  return made;
}

void check_request(const OpenedRun& run, const PriorRequest& request) {
  const fs::path folder = prior_folder(run, request.name);
  std::error_code code;
  const bool there = fs::exists(folder / "config.json", code);
  if (request.resume && !there)
    throw Error(folder.string() + ": no prior to resume; expected " +
                train_command(run, request.name, ""));
  if (!request.resume && there && !request.overwrite)
    throw Error(folder.string() +
                ": there is a prior already; expected --overwrite, or --resume to continue it");
}

PriorReport judge_prior(const OpenedRun& run, const CodeTransformer& network,
                        const CodedImages& train, const Condition& condition, bool quiet) {
  const CodedImages test = coded_split(run, Split::kTest, condition, quiet);
  const int64_t codes = codebook_of(run).size();
  PriorReport report{.state = {}};
  report.images = test.indices.size(0);
  report.prior = mean_bits(network, test, run.device);
  report.order_0 = bits_by_frequency(train.indices, test.indices, codes);
  report.by_place = bits_by_place(train.indices, test.indices, codes);
  for (const Tensor& parameter : network.parameters())
    report.parameters += parameter.numel();
  return report;
}

}  // namespace

fs::path prior_folder(const OpenedRun& run, const std::string& name) {
  return run.directory.path() / "priors" / name;
}

PriorReport train_prior(const OpenedRun& run, const PriorRequest& request) {
  codebook_of(run);
  check_request(run, request);
  const fs::path folder = prior_folder(run, request.name);
  Config config = request.resume ? Config::load(folder / "config.json")
                                 : Config::parse("{}", "latent prior train", request.settings);
  PriorOptions options = read_prior_options(config);
  if (options.precision == "auto") {
    options.precision = has_bf16(run.device) ? "bf16" : "fp32";
    config.settle("precision", options.precision);  // a resumed training must not choose again
  }
  make_directories(folder);
  const RunLock lock(folder);
  const RunDirectory directory = prior_directory(run, request, config);
  Condition condition;
  if (!options.condition.empty())
    condition = Condition::of(options.condition, run.load(Split::kTrain), "condition");
  const CodedImages train = coded_split(run, Split::kTrain, condition, request.quiet);
  auto network = std::make_shared<CodeTransformer>(plan_of_prior(run, options, condition.size()));
  auto noise = generator(static_cast<uint64_t>(options.seed), Stream::kWeights);
  network->initialize(noise);
  network->set_frequencies(train.indices);
  network->to(run.device);
  PriorTrainer trainer(options, network, train,
                       coded_split(run, Split::kValidation, condition, request.quiet), directory,
                       {{"codes", model_digest(*run.model)},
                        {"checkpoint", run.checkpoint},
                        {"condition", condition.empty() ? "" : condition.text()},
                        {"config", config.resolved_text()}},
                       run.device, request.quiet);
  const fs::path last = directory.checkpoint("last"), best = directory.checkpoint("best");
  if (std::error_code code; request.resume && fs::exists(last, code)) {
    const TensorFile file = read_tensors(last);
    expect_same_codes(run, file, request.name);
    trainer.restore(file, last);
  }
  trainer.train();
  load_network(*network, read_tensors(best), best);
  PriorReport report = judge_prior(run, *network, train, condition, request.quiet);
  report.state = trainer.state();
  return report;
}

bool TrainedPrior::exists(const OpenedRun& run, const std::string& name) {
  std::error_code code;
  return fs::exists(prior_folder(run, name) / "checkpoints" / "best.safetensors", code);
}

TrainedPrior TrainedPrior::open(const OpenedRun& run, const std::string& name) {
  codebook_of(run);
  if (!exists(run, name)) {
    throw Error(prior_folder(run, name).string() + ": no prior is trained; expected " +
                train_command(run, name, ""));
  }
  const RunDirectory directory = RunDirectory::open(prior_folder(run, name));
  Config config = Config::load(directory.config());
  const PriorOptions options = read_prior_options(config);
  const fs::path path = directory.checkpoint("best");
  const TensorFile file = read_tensors(path);
  expect_same_codes(run, file, name);
  Condition condition = condition_in(file, path);
  auto network = std::make_shared<CodeTransformer>(plan_of_prior(run, options, condition.size()));
  load_network(*network, file, path);
  network->to(run.device);
  network->eval();
  return {std::move(network), std::move(condition)};
}

Tensor TrainedPrior::sample(int64_t count, const Tensor& told, double temperature,
                            at::Generator& noise) const {
  std::vector<Tensor> drawn;
  for (int64_t first = 0; first < count; first += kDrawnTogether) {
    const int64_t part = std::min(kDrawnTogether, count - first);
    drawn.push_back(network_->sample(part, told, temperature, noise).cpu());
  }
  return at::cat(drawn);
}

}  // namespace latent
