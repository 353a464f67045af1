#include "export/projector.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

ProjectorPoints three_points() {
  return {.latents = at::tensor({0.5, 1.0, -2.0, 3.0, 0.25, 0.0}).view({3, 2}),
          .names = {"a.png", "b\tc.png", "d.png"},
          .attributes = {{"label", at::tensor({1.0, 0.0, NAN}), {"cat", "dog"}},
                         {"age", at::tensor({1.5, 20.0, 3.0}), {}}}};
}

TEST(Projector, WritesTablesSeparatedByTabs) {
  const TemporaryFolder folder;
  const auto written = write_projector(folder.path(), three_points());
  EXPECT_EQ(written.size(), 4) << "no images, no sprite";
  EXPECT_EQ(read_file(folder / "tensors.tsv"), "0.5\t1\t0\n-2\t3\t0\n0.25\t0\t0\n")
      << "with two columns the projector shows nothing";
  EXPECT_EQ(read_file(folder / "metadata.tsv"),
            "index\tname\tlabel\tage\n0\ta.png\tdog\t1.5\n1\tb c.png\tcat\t20\n2\td.png\t\t3\n");
}

TEST(Projector, TheSpriteIsASquareOfTheImages) {
  const TemporaryFolder folder;
  ProjectorPoints points = three_points();
  points.images = [](int64_t first, int64_t count) {
    return at::full({count, 1, 3, 5}, 0.5).narrow(0, 0, count) + 0 * first;
  };
  write_projector(folder.path(), points);
  const auto config = nlohmann::json::parse(read_file(folder / "projector_config.json"));
  const auto& embedding = config.at("embeddings").at(0);
  EXPECT_EQ(embedding.at("tensorShape").dump(), "[3,3]");
  EXPECT_EQ(embedding.at("sprite").at("singleImageDim").dump(), "[5,3]");
  const std::string png = read_file(folder / "sprite.png");
  // Width and height in the header: 2x2 images of 5x3.
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\0\x0a\0\0\0\x06", 8));
  EXPECT_NE(read_file(folder / "projector_config.pbtxt").find("single_image_dim: 5"),
            std::string::npos);
}

TEST(Projector, LargeImagesBecomeThumbnails) {
  const TemporaryFolder folder;
  ProjectorPoints points = three_points();
  points.images = [](int64_t, int64_t count) { return at::ones({count, 3, 128, 256}); };
  write_projector(folder.path(), points);
  const auto config = nlohmann::json::parse(read_file(folder / "projector_config.json"));
  EXPECT_EQ(config.at("embeddings").at(0).at("sprite").at("singleImageDim").dump(), "[64,32]");
}

}  // namespace
}  // namespace latent
