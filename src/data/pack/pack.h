// The packed cache: images are prepared once, then mapped into memory by every run that wants the
// same.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/section.h"
#include "data/pack/image_source.h"
#include "data/pack/pack_file.h"

namespace latent {

/// The keys `on_error` and `max_skipped` of section `data`: what to do about unreadable files.
class SkipPolicy {
 public:
  SkipPolicy() = default;
  explicit SkipPolicy(Section& data);

  /// Throws Error if these of `count` images are more than may be left out.
  void check(const std::vector<UnreadableImage>& unreadable, int64_t count) const;

 private:
  std::string on_error_ = "fail";
  double most_ = 0.1;
};

struct Pack {
  std::filesystem::path path;
  PackContent content;
  bool made = false;   // now, not found
  double seconds = 0;  // that making or checking it took
};

/// The pack of `source`, made if the cache holds none that fits.
///
/// It lies in <cache folder>/packs under the digest of the source's key. One that is damaged is
/// made anew, and that is said. Of processes that want the same one makes it and the others wait.
/// Memory stays bounded by a few images. Throws Error for unreadable images beyond `policy`, and
/// naming LATENT_CACHE if the cache cannot be written.
Pack open_pack(ImageSource& source, const SkipPolicy& policy);

}  // namespace latent
