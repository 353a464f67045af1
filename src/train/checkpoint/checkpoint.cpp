#include "train/checkpoint/checkpoint.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "model/spec_json.h"
#include "run/run_directory.h"

namespace latent {
namespace {

template <class Visit>
void each_tensor(const torch::nn::Module& module, const std::string& prefix, Visit visit) {
  for (const auto& item : module.named_parameters())
    visit(prefix + item.key(), item.value());
  for (const auto& item : module.named_buffers())
    visit(prefix + item.key(), item.value());
}

// Every tensor of a model and of what its objective learns, with its name in a checkpoint.
template <class Visit>
void each_weight(const Autoencoder& model, const Objective& objective, Visit visit) {
  each_tensor(model, "model.", visit);
  each_tensor(objective, "objective.", visit);
  for (const auto& [name, adversary] : objective.adversaries())
    each_tensor(adversary->module(), "adversary." + name + ".", visit);
}

// Every tensor of the optimizers' state, with its name in a checkpoint.
template <class Visit>
void each_state(const std::vector<Player>& players, Visit visit) {
  for (const auto& player : players) {
    for (const auto& [name, tensor] : player.optimizer->state()) {
      if (tensor.dim() == 0) {
        visit("optimizer." + player.prefix + name, tensor);
        continue;
      }
      for (const auto& [parameter, view] : player.parameters.views(tensor)) {
        visit("optimizer." + parameter + "." + name, view);
      }
    }
  }
}

ImageShape parse_shape(const std::string& text, const std::filesystem::path& path) {
  ImageShape shape;
  if (std::sscanf(text.c_str(), "%ldx%ldx%ld", &shape.channels, &shape.height, &shape.width) != 3 ||
      shape.channels < 1 || shape.height < 1 || shape.width < 1 || shape.channels > 4096 ||
      shape.height > 65536 || shape.width > 65536) {
    throw Error(path.string() + ": image shape \"" + text +
                "\" in the metadata; expected channels x height x width");
  }
  return shape;
}

}  // namespace

void store_model(const Autoencoder& model, const Objective& objective, const Condition& condition,
                 TensorFile& file) {
  const auto put = [&](const std::string& name, const Tensor& tensor) {
    file.tensors[name] = tensor;
  };
  each_weight(model, objective, put);
  file.metadata["format"] = std::to_string(kRunFormat);
  file.metadata["input_shape"] = model.input_shape().text();
  file.metadata["output_shape"] = model.output_shape().text();
  file.metadata["model"] = spec_json(model, objective.likelihood().picture_spec()).dump();
  if (!condition.empty()) file.metadata["condition"] = condition.text();
}

void load_model(Autoencoder& model, Objective& objective, const TensorFile& file,
                const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  size_t loaded = 0;
  const auto take = [&](const std::string& name, Tensor tensor) {
    const auto found = file.tensors.find(name);
    if (found == file.tensors.end()) {
      throw Error(path.string() + ": has no " + name +
                  "; the checkpoint does not fit the model of this config");
    }
    if (found->second.sizes() != tensor.sizes()) {
      throw Error(fmt::format(
          "{}: {} is {}; the model of this config expects {}: use the section model of the config "
          "that the checkpoint was trained with",
          path.string(), name, fmt::join(found->second.sizes(), "x"),
          fmt::join(tensor.sizes(), "x")));
    }
    tensor.copy_(found->second);
    ++loaded;
  };
  each_weight(model, objective, take);
  size_t stored = 0;
  for (const auto& [name, tensor] : file.tensors) {
    stored += name.starts_with("model.") || name.starts_with("objective.") ||
              name.starts_with("adversary.");
  }
  if (stored != loaded) {
    throw Error(fmt::format("{}: holds {} weights; the model of this config has {}", path.string(),
                            stored, loaded));
  }
}

void store_average(const Autoencoder& model, const Objective& objective,
                   const WeightAverage& average, TensorFile& file) {
  each_weight(model, objective, [&](const std::string& name, const Tensor& tensor) {
    if (!average.has(tensor)) return;
    file.tensors[name] = average.averaged(tensor);
    file.tensors["trained." + name] = average.trained(tensor);
  });
}

void load_average(const Autoencoder& model, const Objective& objective,
                  const WeightAverage& average, const TensorFile& file,
                  const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  each_weight(model, objective, [&](const std::string& name, const Tensor& tensor) {
    if (!average.has(tensor)) return;
    Tensor averaged = average.averaged(tensor), trained = average.trained(tensor);
    averaged.copy_(tensor);
    trained.copy_(fitting_tensor(file, "trained." + name, tensor.sizes(), path));
  });
}

void store_optimizers(const std::vector<Player>& players, TensorFile& file) {
  each_state(players,
             [&](const std::string& name, const Tensor& tensor) { file.tensors[name] = tensor; });
}

void load_optimizers(const std::vector<Player>& players, const TensorFile& file,
                     const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  each_state(players, [&](const std::string& name, Tensor tensor) {
    tensor.copy_(fitting_tensor(file, name, tensor.sizes(), path));
  });
}

Tensor fitting_tensor(const TensorFile& file, const std::string& name, c10::IntArrayRef sizes,
                      const std::filesystem::path& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end() || found->second.sizes() != sizes) {
    throw Error(path.string() + ": no fitting " + name +
                "; expected a checkpoint that latent train wrote with the same optimizer");
  }
  return found->second;
}

StoredShapes stored_shapes(const TensorFile& file, const std::filesystem::path& path) {
  const auto find = [&](const char* key) {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end()) {
      throw Error(path.string() + ": no \"" + key +
                  "\" in its metadata; expected a checkpoint of latent train");
    }
    return parse_shape(found->second, path);
  };
  return {.input = find("input_shape"), .output = find("output_shape")};
}

Condition stored_condition(const TensorFile& file, const std::filesystem::path& path) {
  const auto found = file.metadata.find("condition");
  return found == file.metadata.end() ? Condition()
                                      : Condition::parse(found->second, path.string());
}

void store_row_format(const std::string& format, TensorFile& file) {
  if (!format.empty()) file.metadata["rows"] = format;
}

std::string stored_row_format(const TensorFile& file) {
  const auto found = file.metadata.find("rows");
  return found == file.metadata.end() ? "" : found->second;
}

}  // namespace latent
