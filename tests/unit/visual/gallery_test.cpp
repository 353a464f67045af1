// Images in grids, rows of a table in charts.
#include "visual/gallery.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "visual/chart.h"
#include "visual/grid.h"

namespace latent::visual {
namespace {

class GalleryTest : public testing::Test {
 protected:
  std::string written(const Picture& picture) {
    write_png(picture, folder_ / "wanted.png");
    return read_file(folder_ / "wanted.png");
  }
  std::string file(const std::string& name) { return read_file(folder_ / name); }

  TemporaryFolder folder_;
};

TEST_F(GalleryTest, DifferencesAreBlackWhereThereIsNone) {
  const Tensor images = at::rand({3, 1, 8, 8}), models = at::rand({3, 1, 8, 8}) + 0.2;
  const Tensor few = images.narrow(0, 0, 2), white = at::ones({1, 1, 8, 8});
  image_gallery()->write_differences(folder_ / "x.png",
                                     {{"most", images, models, {"a", "b", "c"}, {"3", "2", "1"}},
                                      {"least", few, few, {"d", "e"}, {"0", "0"}}});
  const auto filled = [&](const Tensor& two) { return at::cat({two, white}); };
  GridOptions options;
  options.cell_captions = {"a", "b", "c", "", "", "", "3", "2", "1",
                           "d", "e", "",  "", "", "", "0", "0", ""};
  EXPECT_EQ(
      file("x.png"),
      written(rows({images, models, (images - models.clamp(0, 1)).abs(), filled(few), filled(few),
                    filled(at::zeros({2, 1, 8, 8}))},
                   {"most", "model", "difference", "least", "model", "difference"}, options)));
}

TEST_F(GalleryTest, ImagesStandAboveTheirReconstructions) {
  const Tensor images = torch::rand({5, 1, 4, 4}), models = torch::rand({5, 1, 4, 4});
  const auto gallery = image_gallery();
  gallery->write_pairs(folder_ / "one.png", images, models, 10);
  EXPECT_EQ(file("one.png"), written(rows({images, models}, {"image", "model"})));
  // Two columns: the last place of the third double row is white.
  gallery->write_pairs(folder_ / "three.png", images, models, 2);
  const auto row = [](const Tensor& set, int64_t first) {
    return torch::cat({set, torch::ones({1, 1, 4, 4})}).narrow(0, first, 2);
  };
  EXPECT_EQ(file("three.png"),
            written(rows({row(images, 0), row(models, 0), row(images, 2), row(models, 2),
                          row(images, 4), row(models, 4)},
                         {"image", "model", "image", "model", "image", "model"})));
}

TEST_F(GalleryTest, VersionsStandBelowEachOther) {
  const Tensor small = torch::rand({2, 1, 2, 2}), large = torch::rand({2, 1, 5, 4});
  image_gallery()->write_versions(folder_ / "v.png",
                                  {{"input", small}, {"model", large}, {"truth", large}}, 10);
  EXPECT_EQ(file("v.png"),
            written(rows({framed(small, 5, 4), large, large}, {"input", "model", "truth"})));
}

TEST_F(GalleryTest, SmallImagesAreFramed) {
  const Tensor image = torch::tensor({{0.1f, 0.2f}}).view({1, 1, 1, 2});
  const Tensor got = framed(image, 4, 5).squeeze();
  EXPECT_TRUE(torch::equal(got, torch::tensor({{1.0f, 1.0f, 1.0f, 1.0f, 1.0f},
                                               {0.1f, 0.1f, 0.2f, 0.2f, 1.0f},
                                               {0.1f, 0.1f, 0.2f, 0.2f, 1.0f},
                                               {1.0f, 1.0f, 1.0f, 1.0f, 1.0f}})));
  EXPECT_TRUE(torch::equal(framed(image, 1, 2), image));
}

TEST_F(GalleryTest, SamplesFormAGrid) {
  const Tensor images = torch::rand({5, 3, 4, 4});
  image_gallery()->write_samples(folder_ / "all.png", images, 3);
  EXPECT_EQ(file("all.png"), written(grid(images, {.columns = 3})));
  image_gallery()->write_single(folder_ / "one.png", images[2]);
  EXPECT_EQ(file("one.png"), written(picture(images[2])));
  EXPECT_EQ(image_gallery()->counts({1, 28, 28}).pairs, 16);
}

class TableGalleryTest : public GalleryTest {
 protected:
  void SetUp() override {
    if (!can_chart()) GTEST_SKIP() << "NOT TESTED: gnuplot is not on the PATH; install gnuplot-nox";
  }
  std::string pairs(int64_t count, int64_t columns) {
    table_gallery()->write_pairs(folder_ / "x.svg", torch::randn({count, 1, 1, columns}),
                                 torch::randn({count, 1, 1, columns}), 10);
    return file("x.svg");
  }
};

size_t occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST_F(TableGalleryTest, UpToThreeColumnsArePoints) {
  const auto gallery = table_gallery();
  for (int64_t columns = 1; columns <= 3; ++columns) {
    const std::string svg = pairs(7, columns);
    const std::vector<std::string> labels{"data", "model", "column " + std::to_string(columns)};
    for (const auto& label : labels)
      EXPECT_NE(svg.find(">" + label + "<"), std::string::npos) << label;
    EXPECT_EQ(gallery->counts({1, 1, columns}).pairs, 500);
  }
  pairs(1, 2);
  pairs(300, 3);
  const Tensor rows = torch::randn({3, 1, 1, 2});
  gallery->write_versions(folder_ / "v.svg", {{"noisy", rows}, {"model", rows}, {"truth", rows}},
                          4);
  EXPECT_NE(file("v.svg").find(">model<"), std::string::npos);
}

TEST_F(TableGalleryTest, MoreColumnsAreTraces) {
  EXPECT_NE(pairs(6, 20).find("rows over their columns: data blue, the model's orange"),
            std::string::npos);
  EXPECT_NE(pairs(70, 4).find("the first 64 of 70 rows"), std::string::npos);
  EXPECT_EQ(table_gallery()->counts({1, 1, 4}).pairs, 16);
  table_gallery()->write_single(folder_ / "one.svg", torch::randn({1, 1, 9}));
  EXPECT_EQ(occurrences(file("one.svg"), "<g id=\"gnuplot_plot_1"), 1U);
}

TEST_F(TableGalleryTest, DifferencesHaveTitles) {
  const Tensor rows = torch::randn({6, 1, 1, 9});
  const std::vector<std::string> words{"a", "b", "c", "", "e", "f"},
      notes{"6", "5", "4", "3", "2", "1"};
  table_gallery()->write_differences(
      folder_ / "x.svg", {{"most", rows, rows + 1, words, notes},
                          {"least", rows.narrow(0, 0, 1), rows.narrow(0, 0, 1), {"z"}, {"0"}}});
  for (const char* title : {">most<", ">6  a<", ">3  <", ">least<", ">0  z<"})
    EXPECT_NE(file("x.svg").find(title), std::string::npos) << title;
  const Tensor points = torch::randn({2, 1, 1, 2});
  table_gallery()->write_differences(folder_ / "y.svg",
                                     {{"most odd", points, points, {"a", "b"}, {"2.25", "1"}}});
  for (const char* text : {">column 2<", ">most odd<", ">2.25<"})
    EXPECT_NE(file("y.svg").find(text), std::string::npos) << text;
}

TEST_F(TableGalleryTest, DrawsConstantAndBrokenRows) {
  table_gallery()->write_samples(folder_ / "a.svg", torch::zeros({3, 1, 1, 5}), 0);
  table_gallery()->write_samples(folder_ / "b.svg", torch::zeros({3, 1, 1, 2}), 0);
  auto broken = torch::randn({3, 1, 1, 5});
  broken[1].fill_(NAN);
  table_gallery()->write_samples(folder_ / "c.svg", broken, 0);
}

}  // namespace
}  // namespace latent::visual
