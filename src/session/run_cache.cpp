#include "session/run_cache.h"

#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "train/checkpoint/data_fingerprint.h"

namespace latent {

std::string data_mark(const Tensor& examples) {
  const SplitFingerprint mark = fingerprint(examples);
  return fmt::format("{}-{}", mark.count, mark.digest);
}

std::optional<TensorFile> read_kept(const std::filesystem::path& path, const OpenedRun& run,
                                    const std::optional<std::string>& mark) {
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    TensorFile file = read_tensors(path);
    if (file.metadata["step"] == std::to_string(run.step) &&
        (!mark || file.metadata["data"] == *mark))
      return file;
  } catch (const Error& damage) {
    log::warn("{}; made again", damage.what());
  }
  return std::nullopt;
}

void keep_in_cache(const std::filesystem::path& path, const TensorFile& file) {
  try {
    make_directories(path.parent_path());
    write_tensors(path, file);
  } catch (const Error& failure) {
    log::warn("{}; the next command computes it again", failure.what());
  }
}

}  // namespace latent
