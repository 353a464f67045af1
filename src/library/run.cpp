#include "library/run.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <stdexcept>

#include "analysis/latent_source.h"
#include "core/device/device.h"
#include "core/error.h"
#include "core/random.h"
#include "session/opened_run.h"

namespace latent {
namespace {

std::vector<int64_t> sizes(const ImageShape& shape) {
  return {shape.channels, shape.height, shape.width};
}

// Calls a function; what it throws becomes an exception of the standard library.
template <class Call>
auto translated(const Call& call) {
  try {
    return call();
  } catch (const Error& error) {
    throw std::runtime_error(error.what());
  }
}

void check_sizes(const Tensor& x, const std::vector<int64_t>& wanted, const std::string& what) {
  if (x.dim() == static_cast<int64_t>(wanted.size()) + 1 && x.sizes().slice(1) == wanted) return;
  throw Error(fmt::format("{} of shape [{}]; expected [N, {}]", what, fmt::join(x.sizes(), ", "),
                          fmt::join(wanted, ", ")));
}

Tensor as_numbers(const Tensor& images) {
  if (images.scalar_type() == at::kByte) return images.to(at::kFloat) / 255;
  if (images.is_floating_point()) return images.to(at::kFloat);
  throw Error("images of integers; expected uint8 from 0 to 255, or float from 0 to 1");
}

}  // namespace

struct Run::Parts {
  OpenedRun run;
};

Run::Run(const std::string& folder, const std::string& checkpoint, const std::string& device)
    : parts_(translated([&] {
        return std::make_unique<Parts>(
            Parts{OpenedRun::open(folder, checkpoint, parse_device(device))});
      })) {}

Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

std::vector<int64_t> Run::input_shape() const { return sizes(parts_->run.model->input_shape()); }

std::vector<int64_t> Run::output_shape() const { return sizes(parts_->run.model->output_shape()); }

int64_t Run::latent_dim() const { return parts_->run.model->latent_dim(); }

at::Tensor Run::encode(const at::Tensor& images) const {
  return translated([&] {
    check_sizes(images, input_shape(), "images");
    return parts_->run.encode({.images = as_numbers(images)}).code;
  });
}

at::Tensor Run::decode(const at::Tensor& z, const std::string& attributes) const {
  return translated([&] {
    check_sizes(z, {latent_dim()}, "latents");
    const OpenedRun& run = parts_->run;
    const Tensor told = attributes.empty() ? Tensor() : run.condition.row(attributes, "attributes");
    return run.pictures(z.to(at::kFloat), told).clamp(0, 1);
  });
}

at::Tensor Run::sample(int64_t count, const std::string& sampler, double temperature,
                       uint64_t seed) const {
  return translated([&] {
    if (count < 1) throw Error(fmt::format("count: got {}; expected 1 or more", count));
    at::Generator noise = generator(seed, Stream::kSample);
    return draw_latents(parts_->run, samplers().find(sampler, "sampler"),
                        {.count = count, .temperature = temperature, .quiet = true}, noise);
  });
}

}  // namespace latent
