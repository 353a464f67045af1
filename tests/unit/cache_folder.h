// A cache of the test's own.
#pragma once

#include <cstdlib>

#include "unit/expect.h"

namespace latent {

/// While it lives, $LATENT_CACHE is a fresh folder.
class CacheFolder {
 public:
  CacheFolder() { set(folder_.path().c_str()); }
  ~CacheFolder() {
    if (had_) {
      ::setenv("LATENT_CACHE", before_.c_str(), 1);
    } else {
      ::unsetenv("LATENT_CACHE");
    }
  }
  CacheFolder(const CacheFolder&) = delete;
  CacheFolder& operator=(const CacheFolder&) = delete;

  void set(const std::string& path) { ::setenv("LATENT_CACHE", path.c_str(), 1); }
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path packs() const { return path() / "packs"; }

  /// The only pack in it.
  std::filesystem::path pack() const {
    std::filesystem::path found;
    for (const auto& entry : std::filesystem::directory_iterator(packs())) {
      EXPECT_TRUE(found.empty()) << "more than one file: " << entry.path();
      found = entry.path();
    }
    EXPECT_EQ(found.extension(), ".pack") << found;
    return found;
  }

 private:
  static const char* value() { return std::getenv("LATENT_CACHE"); }

  bool had_ = value() != nullptr;
  std::string before_ = had_ ? value() : "";
  TemporaryFolder folder_;
};

}  // namespace latent
