// Images in grids, rows of a table in charts.
#include "visual/gallery.h"

#include <cmath>

#include "core/system/file.h"
#include "image/codecs.h"
#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/svg.h"
#include "visual/chart.h"
#include "visual/colours.h"
#include "visual/grid.h"
#include "visual/layout.h"

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

TEST_F(GalleryTest, ErrorsShareOneScaleOfColours) {
  if (!have_codecs()) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
  const Tensor images = at::full({2, 1, 8, 8}, 0.5);
  Tensor models = images.clone();
  models[0] += 0.5;    // the largest error of all: the brightest colour
  models[1] -= 0.125;  // a quarter of it
  image_gallery()->write_differences(
      folder_ / "x.png",
      {{"most", images, models, {"a", "b"}, {"2", "1"}, {true, false}},
       {"least", images, images, {"c", "d"}, {"0", "0"}}},
      {.scale = 8});
  const Picture got = read_image(folder_ / "x.png", 3);
  ASSERT_GT(got.height, 6 * 64);
  const auto colour_at = [&](int64_t x, int64_t y) {
    const uint8_t* pixel = got.at(x, y);
    return uint32_t{pixel[0]} << 16 | uint32_t{pixel[1]} << 8 | uint32_t{pixel[2]};
  };
  // Two columns stand at the right; each row is an image, its gap and a caption's line high.
  const GridOptions options{.columns = 2,
                            .scale = 8,
                            .row_captions = std::vector<std::string>(6, "least"),
                            .cell_captions = std::vector<std::string>(12, ""),
                            .marked = std::vector<bool>(12, false)};
  const Layout at = lay_out(12, 8, 8, options);
  const auto middle = [&](int64_t column, int64_t row) {
    return colour_at(got.width - at.gap - (2 - column) * (at.cell_width + at.gap) + at.gap + 32,
                     at.y(row) + 32);
  };
  EXPECT_EQ(middle(0, 2), scale_colour(1));
  EXPECT_EQ(middle(1, 2), scale_colour(std::lround(255 * 0.25) / 255.0));
  EXPECT_EQ(middle(0, 5), scale_colour(0));
  EXPECT_EQ(middle(0, 0), 0x808080u);
  // The flagged one has a frame, its neighbour none.
  const auto frame = [&](int64_t column) {
    return colour_at(got.width - at.gap - (2 - column) * (at.cell_width + at.gap) + at.gap + 32,
                     at.y(0) - 1);
  };
  EXPECT_EQ(frame(0), 0xd55e00u);
  EXPECT_EQ(frame(1), 0xffffffu);
}

TEST_F(GalleryTest, ColumnsBreakGroupsOfDifferences) {
  if (!have_codecs()) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
  const Tensor images = uniform({3, 1, 8, 8}, 1), models = uniform({3, 1, 8, 8}, 2);
  const auto some = [&](int64_t first, int64_t count, std::vector<std::string> words,
                        std::vector<bool> flagged) {
    return Gallery::Group{"most",
                          images.narrow(0, first, count),
                          models.narrow(0, first, count),
                          words,
                          words,
                          std::move(flagged)};
  };
  image_gallery()->write_differences(
      folder_ / "broken.png", {some(0, 3, {"a", "b", "c"}, {true, false, true})}, {.columns = 2});
  image_gallery()->write_differences(
      folder_ / "two.png", {some(0, 2, {"a", "b"}, {true, false}), some(2, 1, {"c"}, {true})}, {});
  EXPECT_EQ(file("broken.png"), file("two.png"));
}

TEST_F(GalleryTest, ImagesStandAboveTheirReconstructions) {
  const Tensor images = uniform({5, 1, 4, 4}, 4), models = uniform({5, 1, 4, 4}, 5);
  const auto gallery = image_gallery();
  gallery->write_pairs(folder_ / "one.png", images, models, {.columns = 10});
  EXPECT_EQ(file("one.png"), written(rows({images, models}, {"image", "model"})));
  // Two columns: the last place of the third double row is white.
  gallery->write_pairs(folder_ / "three.png", images, models, {.columns = 2});
  const auto row = [](const Tensor& set, int64_t first) {
    return torch::cat({set, torch::ones({1, 1, 4, 4})}).narrow(0, first, 2);
  };
  EXPECT_EQ(file("three.png"),
            written(rows({row(images, 0), row(models, 0), row(images, 2), row(models, 2),
                          row(images, 4), row(models, 4)},
                         {"image", "model", "image", "model", "image", "model"})));
}

TEST_F(GalleryTest, VersionsStandBelowEachOther) {
  const Tensor small = uniform({2, 1, 2, 2}, 6), large = uniform({2, 1, 5, 4}, 7);
  image_gallery()->write_versions(
      folder_ / "v.png", {{"input", small}, {"model", large}, {"truth", large}}, {.columns = 10});
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
  const Tensor images = uniform({5, 3, 4, 4}, 8);
  image_gallery()->write_samples(folder_ / "all.png", images, {.columns = 3});
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
    table_gallery()->write_pairs(folder_ / "x.svg", normal({count, 1, 1, columns}, 9),
                                 normal({count, 1, 1, columns}, 10), {.columns = 4});
    return file("x.svg");
  }
};

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
  const Tensor rows = normal({3, 1, 1, 2}, 11);
  gallery->write_versions(folder_ / "v.svg", {{"noisy", rows}, {"model", rows}, {"truth", rows}},
                          {});
  EXPECT_NE(file("v.svg").find(">model<"), std::string::npos);
}

TEST_F(TableGalleryTest, MoreColumnsAreTraces) {
  EXPECT_NE(pairs(6, 20).find("rows over their columns: data blue, the model's orange"),
            std::string::npos);
  EXPECT_NE(pairs(70, 4).find("the first 64 of 70 rows"), std::string::npos);
  EXPECT_EQ(table_gallery()->counts({1, 1, 4}).pairs, 16);
  table_gallery()->write_single(folder_ / "one.svg", normal({1, 1, 9}, 12));
  EXPECT_EQ(count_of(file("one.svg"), "<g id=\"gnuplot_plot_1"), 1);
}

TEST_F(TableGalleryTest, DifferencesHaveTitles) {
  const Tensor rows = normal({6, 1, 1, 9}, 13);
  const std::vector<std::string> words{"a", "b", "c", "", "e", "f"},
      notes{"6", "5", "4", "3", "2", "1"};
  table_gallery()->write_differences(
      folder_ / "x.svg",
      {{"most", rows, rows + 1, words, notes},
       {"least", rows.narrow(0, 0, 1), rows.narrow(0, 0, 1), {"z"}, {"0"}}},
      {});
  for (const char* title : {">most<", ">6  a<", ">3  <", ">least<", ">0  z<"})
    EXPECT_NE(file("x.svg").find(title), std::string::npos) << title;
  const Tensor points = normal({2, 1, 1, 2}, 14);
  table_gallery()->write_differences(folder_ / "y.svg",
                                     {{"most odd", points, points, {"a", "b"}, {"2.25", "1"}}}, {});
  for (const char* text : {">column 2<", ">most odd<", ">2.25<"})
    EXPECT_NE(file("y.svg").find(text), std::string::npos) << text;
}

TEST_F(TableGalleryTest, DrawsConstantRowsAndLeavesOutNaN) {
  const auto drawn = [&](const Tensor& rows) {
    table_gallery()->write_samples(folder_ / "x.svg", rows, {});
    return file("x.svg");
  };
  const char* trace = "<path stroke='rgb(213,  94,   0)'";
  EXPECT_EQ(count_of(drawn(torch::zeros({3, 1, 1, 5})), trace), 3);
  EXPECT_EQ(count_marks(drawn(torch::zeros({3, 1, 1, 2}))), 3 + 1);  // and the legend's
  const Tensor broken = normal({3, 1, 1, 5});
  broken[1].fill_(NAN);
  EXPECT_EQ(count_of(drawn(broken), trace), 2);
}

// The axes show the ranges that are given, whatever the rows: charts of all epochs compare.
TEST_F(TableGalleryTest, RangesFixTheAxes) {
  const Tensor points = torch::zeros({3, 1, 1, 2});
  table_gallery()->write_samples(folder_ / "r.svg", points,
                                 {.ranges = {{-1000.0, 1000.0}, {-2.0, 2.0}}});
  EXPECT_NE(file("r.svg").find("-1000<"), std::string::npos);
  EXPECT_NE(file("r.svg").find("-2<"), std::string::npos);
}

}  // namespace
}  // namespace latent::visual
