// The packed cache: images are prepared once, then mapped into memory by every run that uses the
// same images.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/section.h"
#include "pack/image_source.h"
#include "pack/pack_file.h"

namespace latent {

/// The keys `on_error` and `max_skipped` of section `data`: how to treat unreadable files.
class SkipPolicy {
 public:
  SkipPolicy() = default;
  explicit SkipPolicy(Section& data);

  bool skips() const { return on_error_ == "skip"; }
  /// Throws Error if more of the `count` images are unreadable than may be skipped.
  void check(const std::vector<UnreadableImage>& unreadable, int64_t count) const;

 private:
  std::string on_error_ = "fail";
  double most_ = 0.1;
};

struct Pack {
  std::filesystem::path path;
  PackContent content;
  bool made = false;   // by this call, rather than found in the cache
  double seconds = 0;  // spent on making or checking it
};

/// Returns the pack of `source`, and makes it if it is not in the cache.
///
/// It is in <cache folder>/packs under the digest of the source's key. A damaged pack is rebuilt,
/// with a message. If several processes need the same pack, one makes it and the others wait.
/// Memory is limited to a few images. Throws Error for unreadable images beyond `policy`, and
/// naming LATENT_CACHE if the cache cannot be written.
Pack open_pack(ImageSource& source, const SkipPolicy& policy);

}  // namespace latent
