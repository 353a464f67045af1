#include "session/run_cache.h"

#include <spdlog/fmt/fmt.h>

#include "core/log_detail.h"
#include "core/system/file.h"
#include "train/checkpoint/data_fingerprint.h"

namespace latent {

std::string data_fingerprint(const Tensor& examples) {
  const auto [count, digest] = fingerprint(examples);
  return fmt::format("{}-{}", count, digest);
}

std::optional<TensorFile> read_cache_file(const OpenedRun& run, const CacheKey& key,
                                          const std::optional<std::string>& fingerprint) {
  const auto path = run.directory.cache(key.file);
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    TensorFile file = read_tensors(path);
    auto& stored = file.metadata;
    const bool same_model = !key.of_checkpoint || stored["step"] == std::to_string(run.step);
    if (same_model && stored["key"] == key.query &&
        (!fingerprint || stored["data"] == *fingerprint)) {
      log::detail("{}: used", path.string());
      return file;
    }
    log::detail("{}: of another checkpoint, question or data; recomputed", path.string());
  } catch (const Error& damage) {
    log::warn("{}; recomputed", damage.what());
  }
  return std::nullopt;
}

void write_cache_file(const OpenedRun& run, const CacheKey& key, const std::string& fingerprint,
                      TensorFile file) {
  file.metadata["data"] = fingerprint;
  if (key.of_checkpoint) file.metadata["step"] = std::to_string(run.step);
  if (!key.query.empty()) file.metadata["key"] = key.query;
  const auto path = run.directory.cache(key.file);
  try {
    make_directories(path.parent_path());
    write_tensors(path, file);
  } catch (const Error& failure) {
    log::warn("{}; the next command recomputes it", failure.what());
  }
}

}  // namespace latent
