#include "train/checkpoint/data_fingerprint.h"

#include <ATen/ATen.h>
#include <zlib.h>

#include <algorithm>

#include "core/error.h"
#include "core/log.h"

namespace latent {
namespace {

constexpr int64_t kDigested = 64;  // examples of each split

}  // namespace

SplitFingerprint fingerprint(const Tensor& examples) {
  const int64_t count = examples.size(0);
  if (count == 0) return {};
  const int64_t digested = std::min(count, kDigested);
  const Tensor chosen = at::arange(digested, at::kLong).mul_(count).floor_divide_(digested);
  const Tensor some = examples.index_select(0, chosen.to(examples.device())).cpu().contiguous();
  return {.count = count,
          .digest = static_cast<int64_t>(
              crc32_z(0, static_cast<const Bytef*>(some.const_data_ptr()), some.nbytes()))};
}

void expect_same_data(const DataFingerprint& written, const DataFingerprint& now,
                      const std::filesystem::path& checkpoint) {
  if (written.training.count == 0 || written == now) return;
  if (written.training.count != now.training.count ||
      written.validation.count != now.validation.count) {
    throw Error(
        fmt::format("{}: written while training on {} examples and validating on {}; the data set "
                    "has {} and {} now; expected the same ones: put them back, or train a new run "
                    "that begins with these weights (--init-from)",
                    checkpoint.string(), written.training.count, written.validation.count,
                    now.training.count, now.validation.count));
  }
  log::warn(
      "{}: the data set has other examples than when it was written; the result will differ from "
      "that of an uninterrupted run",
      checkpoint.string());
}

}  // namespace latent
