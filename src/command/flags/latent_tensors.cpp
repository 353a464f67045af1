#include "command/flags/latent_tensors.h"

#include <filesystem>

#include "core/system/file.h"
#include "format/safetensors.h"

namespace latent {

void check_latent_tensors(const Arguments& arguments) {
  if (!arguments.has("tensors")) return;
  const std::filesystem::path path = arguments.text("tensors");
  if (path.extension() != ".safetensors")
    throw UsageError("--tensors " + path.string() + ": expected a .safetensors file");
}

void write_latent_tensors(const Arguments& arguments, const Tensor& z, const Tensor& images,
                          std::vector<std::string>& written) {
  if (!arguments.has("tensors")) return;
  const std::filesystem::path path = arguments.text("tensors");
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_tensors(path, {.tensors = {{"z", z}, {"images", images}}, .metadata = {}});
  written.push_back(path.string());
}

}  // namespace latent
