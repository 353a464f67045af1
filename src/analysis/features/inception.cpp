// The only file that includes LibTorch's TorchScript, whose headers compile slowly.
#include "analysis/features/inception.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <sstream>

#include "core/error.h"
#include "core/log.h"
#include "core/sha256.h"
#include "core/system/file.h"
#include "core/text/split.h"

namespace latent {
namespace {

constexpr int64_t kSide = 299;
constexpr int64_t kInceptionBatch = 50;
constexpr size_t kLargestModule = size_t{2} << 30;

torch::jit::Module read_module(const std::string& bytes, const std::string& where) {
  try {
    std::istringstream in(bytes);
    return torch::jit::load(in, c10::Device(c10::kCPU));
  } catch (const std::exception&) {
    throw Error(where +
                ": no TorchScript module; expected a file such as "
                "inception-2015-12-05.pt, as torch.jit.save writes it");
  }
}

// Images [B, C, H, W] in [0, 1] as [B, 3, H, W] whole numbers from 0 to 255.
Tensor in_bytes(const Tensor& images) {
  const Tensor bytes = images.contiguous().clamp(0, 1).mul(255).round();
  return bytes.size(1) == 3 ? bytes : bytes.narrow(1, 0, 1).repeat({1, 3, 1, 1});
}

class Inception : public ImageFeatures {
 public:
  Inception(torch::jit::Module module, std::string name, std::string where, InceptionResize resize,
            const c10::Device& device)
      : module_(std::move(module)),
        name_(std::move(name)),
        where_(std::move(where)),
        resize_(resize),
        device_(device) {
    module_.eval();
    module_.to(device);
  }
  std::string name() const override { return name_; }
  int64_t size() const override { return size_; }
  bool slow() const override { return true; }

  Tensor of(const Tensor& images) override {
    const torch::NoGradGuard no_grad;
    std::vector<Tensor> parts;
    for (const Tensor& part : images.split(kInceptionBatch)) {
      parts.push_back(call(in_bytes(part).to(device_)).reshape({part.size(0), -1}));
      parts.back() = parts.back().to(at::kCPU, at::kFloat);
    }
    return at::cat(parts);
  }

  // Tries the module on a black image.
  void try_out() {
    const Tensor found = of(at::zeros({2, 3, kSide, kSide}));
    size_ = found.size(1);
    if (!found.isfinite().all().item<bool>())
      throw Error(where_ + ": its features of a black image are not finite");
  }

 private:
  Tensor call(const Tensor& bytes) {
    try {
      if (resize_ == InceptionResize::kLegacy)
        return module_.get_method("forward")({bytes}, {{"return_features", true}}).toTensor();
      const Tensor sized =
          at::_upsample_bicubic2d_aa(bytes, {kSide, kSide}, /*align_corners=*/false).clamp(0, 255);
      return module_.attr("layers").toModule().forward({(sized - 128) / 128}).toTensor();
    } catch (const std::exception& failure) {
      throw Error(fmt::format(
          "{}: the module cannot be called as Inception is ({}); expected {}", where_,
          first_line(failure.what()),
          resize_ == InceptionResize::kLegacy
              ? "forward(images, return_features=True) -> Tensor, as in inception-2015-12-05.pt"
              : "a submodule \"layers\" with forward(images) -> Tensor, as in "
                "inception-2015-12-05.pt"));
    }
  }

  torch::jit::Module module_;
  std::string name_, where_;
  InceptionResize resize_;
  c10::Device device_;
  int64_t size_ = 0;
};

}  // namespace

std::shared_ptr<ImageFeatures> load_inception(const std::filesystem::path& path,
                                              const std::string& where, InceptionResize resize,
                                              const c10::Device& device) {
  expect_regular_file(path);
  const std::string bytes = read_file(path, kLargestModule);
  Sha256 digest;
  digest.add(bytes);
  const std::string hex = digest.hex();
  log::info("{}: runs the TorchScript program with SHA-256 {}", where, hex);
  const char* kind = resize == InceptionResize::kLegacy ? "inception" : "inception-clean";
  auto made = std::make_shared<Inception>(read_module(bytes, where),
                                          fmt::format("{}-{}", kind, hex.substr(0, 8)), where,
                                          resize, device);
  made->try_out();
  return made;
}

}  // namespace latent
