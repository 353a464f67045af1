#include "train/checkpoint/checkpoint.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "core/error.h"
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

// Every tensor of an optimizer's state, with its name in a checkpoint.
template <class Visit>
void each_state(Optimizer& optimizer, const FlatParameters& parameters, Visit visit) {
  for (const auto& [name, tensor] : optimizer.state()) {
    if (tensor.dim() == 0) {
      visit("optimizer." + name, tensor);
      continue;
    }
    for (const auto& [parameter, view] : parameters.views(tensor)) {
      visit("optimizer." + parameter + "." + name, view);
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

void store_model(const Autoencoder& model, const Objective& objective, TensorFile& file) {
  const auto put = [&](const std::string& name, const Tensor& tensor) {
    file.tensors[name] = tensor;
  };
  each_tensor(model, "model.", put);
  each_tensor(objective, "objective.", put);
  file.metadata["format"] = std::to_string(kRunFormat);
  file.metadata["input_shape"] = model.input_shape().text();
  file.metadata["output_shape"] = model.output_shape().text();
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
      throw Error(fmt::format("{}: {} is {}; the model of this config expects {}", path.string(),
                              name, fmt::join(found->second.sizes(), "x"),
                              fmt::join(tensor.sizes(), "x")));
    }
    tensor.copy_(found->second);
    ++loaded;
  };
  each_tensor(model, "model.", take);
  each_tensor(objective, "objective.", take);
  size_t stored = 0;
  for (const auto& [name, tensor] : file.tensors) {
    stored += name.starts_with("model.") || name.starts_with("objective.");
  }
  if (stored != loaded) {
    throw Error(fmt::format("{}: holds {} weights; the model of this config has {}", path.string(),
                            stored, loaded));
  }
}

void store_optimizer(Optimizer& optimizer, const FlatParameters& parameters, TensorFile& file) {
  each_state(optimizer, parameters,
             [&](const std::string& name, const Tensor& tensor) { file.tensors[name] = tensor; });
}

void load_optimizer(Optimizer& optimizer, const FlatParameters& parameters, const TensorFile& file,
                    const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  each_state(optimizer, parameters, [&](const std::string& name, Tensor tensor) {
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

}  // namespace latent
