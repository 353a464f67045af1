#include "analysis/features/feature_file.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/sha256.h"
#include "core/text/suggest.h"
#include "format/safetensors.h"
#include "train/checkpoint/data_fingerprint.h"
#include "train/evaluation.h"

namespace latent {
namespace {

constexpr const char* kFormat = "1";
constexpr int64_t kMostOutputs = 65536;
constexpr size_t kLongestDataName = 40;

// A name from a config or a file as a part of other names: letters, digits, "_" and "-".
std::string plain_name(const std::string& text) {
  std::string plain;
  for (const char letter : text.substr(0, kLongestDataName)) {
    const auto byte = static_cast<unsigned char>(letter);
    plain += std::isalnum(byte) != 0 || letter == '_' ? letter : '-';
  }
  return plain.empty() ? "data" : plain;
}

[[noreturn]] void refuse_file(const std::string& where, const std::string& found) {
  throw Error(where + ": " + found + "; expected a file of latent features train");
}

int64_t whole_number(const std::string& text) {
  int64_t value = -1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size() ? value : -1;
}

// The plan that the metadata state, for images of the shape.
FeaturePlan plan_of(std::map<std::string, std::string>& metadata, const std::string& where,
                    const ImageShape& shape) {
  if (metadata["latent_features"] != kFormat) refuse_file(where, "holds no features");
  if (metadata["shape"] != shape.text()) {
    throw Error(
        fmt::format("{}: made for images of {}; the run's are {}; expected features of the "
                    "run's data: latent features train CONFIG --out FILE",
                    where, plain_name(metadata["shape"]), shape.text()));
  }
  for (const FeatureTask task :
       {FeatureTask::kClasses, FeatureTask::kYesNo, FeatureTask::kImages}) {
    if (metadata["kind"] != to_string(task)) continue;
    const int64_t outputs = whole_number(metadata["outputs"]);
    if (outputs < 0 || outputs > kMostOutputs) break;
    return {task, shape, outputs};
  }
  refuse_file(where, "states another kind of network");
}

class NetworkFeatures : public ImageFeatures {
 public:
  NetworkFeatures(const StoredFeatures& stored, const c10::Device& device)
      : network_(stored.network), name_(feature_name(stored)), device_(device) {
    network_->to(device);
    network_->eval();
  }
  std::string name() const override { return name_; }
  int64_t size() const override { return kFeatures; }
  bool slow() const override { return false; }
  Tensor of(const Tensor& images) override {
    const torch::NoGradGuard no_grad;
    std::vector<Tensor> parts;
    for (const Tensor& part : images.split(kEvaluationBatch))
      parts.push_back(network_->features(part.to(device_)).cpu());
    return at::cat(parts);
  }

 private:
  std::shared_ptr<FeatureNetwork> network_;
  std::string name_;
  c10::Device device_;
};

}  // namespace

std::string feature_fingerprint(const Examples& training, const FeatureTarget& target) {
  const auto images = fingerprint(training.pixels);
  std::string text = fmt::format("{}-{}", images.count, images.digest);
  if (target.task == FeatureTask::kImages) return text;
  std::vector<Tensor> columns;
  for (const auto& name : target.attributes)
    columns.push_back(training.find(name)->values.nan_to_num(-1));
  return text + fmt::format("-{}", fingerprint(at::stack(columns, 1).contiguous()).digest);
}

StoredFeatures stored_features(const TrainedFeatures& trained, const std::string& data,
                               const Examples& training) {
  return {.network = trained.network,
          .data = plain_name(data),
          .fingerprint = feature_fingerprint(training, trained.target),
          .attributes = join(trained.target.attributes, ","),
          .quality = trained.quality.value,
          .images = training.count()};
}

std::string feature_digest(const FeatureNetwork& network) {
  Sha256 digest;
  for (const auto& [name, tensor] : network.tensors()) {
    const Tensor values = tensor.cpu().contiguous();
    digest.add(name);
    digest.add(values.const_data_ptr(), values.nbytes());
  }
  return digest.hex();
}

std::string feature_name(const StoredFeatures& features) {
  return fmt::format("{}-{}-{}", to_string(features.network->plan().task), features.data,
                     feature_digest(*features.network).substr(0, 8));
}

void write_features(const std::filesystem::path& path, const StoredFeatures& features) {
  const FeaturePlan& plan = features.network->plan();
  TensorFile file{.tensors = {},
                  .metadata = {{"latent_features", kFormat},
                               {"kind", to_string(plan.task)},
                               {"shape", plan.shape.text()},
                               {"features", std::to_string(kFeatures)},
                               {"outputs", std::to_string(plan.outputs)},
                               {"data", features.data},
                               {"fingerprint", features.fingerprint},
                               {"attributes", features.attributes},
                               {"quality", fmt::format("{:.6f}", features.quality)},
                               {"images", std::to_string(features.images)},
                               {"sha256", feature_digest(*features.network)}}};
  for (const auto& [name, tensor] : features.network->tensors())
    file.tensors[name] = tensor.cpu().contiguous();
  write_tensors(path, file);
}

StoredFeatures read_features(const std::filesystem::path& path, const std::string& where,
                             const ImageShape& expected) {
  TensorFile file = read_tensors(path);
  auto& metadata = file.metadata;
  StoredFeatures read{
      .network = std::make_shared<FeatureNetwork>(plan_of(metadata, where, expected)),
      .data = plain_name(metadata["data"]),
      .fingerprint = metadata["fingerprint"],
      .attributes = metadata["attributes"],
      .quality = std::strtod(metadata["quality"].c_str(), nullptr),
      .images = whole_number(metadata["images"])};
  const torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : read.network->tensors()) {
    const Tensor stored = file.tensors[name];
    if (!stored.defined() || stored.sizes() != tensor.sizes() ||
        stored.scalar_type() != tensor.scalar_type())
      refuse_file(where, "tensor " + name + " is missing or of another shape");
    Tensor target = tensor;
    target.copy_(stored);
  }
  read.network->eval();
  if (metadata["sha256"] != feature_digest(*read.network))
    refuse_file(where, "the weights differ from those that it was written with");
  return read;
}

std::shared_ptr<ImageFeatures> image_features(const StoredFeatures& stored,
                                              const c10::Device& device) {
  return std::make_shared<NetworkFeatures>(stored, device);
}

}  // namespace latent
