#include "train/data_fingerprint.h"

#include <ATen/ATen.h>
#include <zlib.h>

#include <algorithm>

#include "core/error.h"
#include "core/log.h"

namespace latent {
namespace {

constexpr int64_t kLooked = 64;  // examples of each split

uLong digest_some(uLong sum, const Tensor& examples) {
  const int64_t count = examples.size(0);
  if (count == 0) return sum;
  const int64_t looked = std::min(count, kLooked);
  const Tensor chosen = at::arange(looked, at::kLong).mul_(count).floor_divide_(looked);
  const Tensor some = examples.index_select(0, chosen.to(examples.device())).cpu().contiguous();
  return crc32_z(sum, static_cast<const Bytef*>(some.const_data_ptr()), some.nbytes());
}

}  // namespace

DataFingerprint fingerprint(const Tensor& training, const Tensor& validation) {
  return {.training = training.size(0),
          .validation = validation.size(0),
          .digest = static_cast<int64_t>(digest_some(digest_some(0, training), validation))};
}

void expect_same_data(const DataFingerprint& written, const DataFingerprint& now,
                      const std::filesystem::path& checkpoint) {
  if (written.training == 0 || written == now) return;
  if (written.training != now.training || written.validation != now.validation) {
    throw Error(fmt::format(
        "{}: written while training on {} examples and validating on {}; the data set "
        "has {} and {} now; expected the same ones: put them back, or train a new run "
        "that begins with these weights (--init-from)",
        checkpoint.string(), written.training, written.validation, now.training, now.validation));
  }
  log::warn(
      "{}: the data set has other examples than those it was written with; the run will not end "
      "as if it had never stopped",
      checkpoint.string());
}

}  // namespace latent
