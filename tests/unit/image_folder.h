// A folder of small images made by the test.
#pragma once

#include "config/config.h"
#include "core/system/file.h"
#include "image/codecs.h"
#include "pack/pack.h"
#include "sets/registry.h"
#include "unit/cache_folder.h"
#include "unit/image_files.h"

namespace latent {

/// A grey PNG of one colour.
inline std::string grey_png(int64_t width, int64_t height, int value) {
  const std::string row(static_cast<size_t>(width), static_cast<char>(value));
  return testing_files::png(static_cast<uint32_t>(width), static_cast<uint32_t>(height), 8, 0,
                            std::vector<std::string>(static_cast<size_t>(height), row));
}

/// A test of data sets that read image files; skipped aloud in a build without codecs.
class ImageFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!have_codecs()) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
  }

  void add(const std::string& name, const std::string& bytes) {
    make_directories((folder_ / name).parent_path());
    write_file(folder_ / name, bytes);
  }
  void add_grey(const std::string& name, int value, int64_t side = 4) {
    add(name, grey_png(side, side, value));
  }

  std::unique_ptr<Dataset> open(const std::string& set, const std::string& keys = "") {
    Config config = Config::parse("{\"data\": {\"name\": \"" + set + "\", \"dir\": \"" +
                                      folder_.path().string() + "\"" + keys + "}}",
                                  "x");
    const DatasetPlan plan = configure_dataset(config.root().section("data"));
    config.check_all_read();
    return plan.open();
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  TemporaryFolder folder_;
  CacheFolder cache_;
};

}  // namespace latent
