// CelebA's layout, whole or in part, and lists that belong to other images.
#include <spdlog/fmt/fmt.h>

#include "unit/image_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

class Celeba : public ImageFolderTest {
 protected:
  void SetUp() override {
    ImageFolderTest::SetUp();
    if (IsSkipped()) return;
    for (int i = 1; i <= 5; ++i)
      add_grey(fmt::format("img_align_celeba/{:06}.jpg", i), i * 10);
    add("list_eval_partition.txt",
        "000001.jpg 0\n000002.jpg 2\n000003.jpg 0\n000004.jpg 1\n000005.jpg 0\n000006.jpg 0\n");
    add("list_attr_celeba.txt", "6\nBald Smiling\n" + rows());
  }
  static std::string rows(const std::string& separator = "  ") {
    std::string text;
    for (int i = 1; i <= 6; ++i) {
      const std::string sign = i % 2 == 0 ? "1" : "-1";
      text += "00000" + std::to_string(i) + ".jpg" + separator + sign + separator + "-1\n";
    }
    return text;
  }
  std::unique_ptr<Dataset> celeba(const std::string& keys = "") { return open("celeba", keys); }
  void expect_splits(const Dataset& set) {
    const Examples train = set.load(Split::kTrain);
    EXPECT_EQ(train.names, (std::vector<std::string>{"000001.jpg", "000003.jpg", "000005.jpg"}));
    expect_tensor_near(train.pixels.select(1, 0).select(1, 0).select(1, 2),
                       torch::tensor({10, 30, 50}), 0);
    expect_tensor_near(set.load(Split::kTest).find("Bald")->values, torch::tensor({1}), 0);
    expect_tensor_near(set.load(Split::kTest).find("Smiling")->values, torch::tensor({0}), 0);
    EXPECT_EQ(set.load(Split::kValidation).names, std::vector<std::string>{"000004.jpg"});
  }
  void expect_fault(const std::string& list, const std::string& text, const std::string& message) {
    add(list, text);
    expect_error([&] { celeba(); }, path(list) + ": " + message);
  }
};

TEST_F(Celeba, OfficialListsAreFollowed) {
  const auto set = celeba();
  expect_splits(*set);
  EXPECT_EQ(set->notice(),
            path("img_align_celeba") + ": 5 of the 6 images in the official list were found");
  EXPECT_EQ(celeba(", \"count\": 2")->load(Split::kTrain).names,
            (std::vector<std::string>{"000001.jpg", "000003.jpg"}));
}

TEST_F(Celeba, EveryHeaderIsRead) {
  add("list_attr_celeba.txt", "Bald Smiling\r\n" + rows());
  expect_splits(*celeba());
  add("list_attr_celeba.txt", "6\nimage_id Bald Smiling\n" + rows());
  expect_splits(*celeba());
  fs::remove(folder_ / "list_attr_celeba.txt");
  add("list_attr_celeba.csv", "image_id,Bald,Smiling\n" + rows(","));
  fs::remove(folder_ / "list_eval_partition.txt");
  add("list_eval_partition.csv",
      "image_id,partition\n000001.jpg,0\n000002.jpg,2\n000003.jpg,0\n000004.jpg,1\n000005.jpg,0\n");
  expect_splits(*celeba());
}

TEST_F(Celeba, ImagesMayLieAFolderDeeper) {
  make_directories(folder_ / "deeper");
  fs::rename(folder_ / "img_align_celeba", folder_ / "deeper/img_align_celeba");
  fs::rename(folder_ / "deeper", folder_ / "img_align_celeba");
  expect_splits(*celeba());
}

TEST_F(Celeba, TheDriveFolderIsRead) {
  make_directories(folder_ / "Img");
  make_directories(folder_ / "Anno");
  make_directories(folder_ / "Eval");
  fs::rename(folder_ / "img_align_celeba", folder_ / "Img/img_align_celeba");
  fs::rename(folder_ / "list_attr_celeba.txt", folder_ / "Anno/list_attr_celeba.txt");
  fs::rename(folder_ / "list_eval_partition.txt", folder_ / "Eval/list_eval_partition.txt");
  expect_splits(*celeba());
}

TEST_F(Celeba, PngFilesHaveTheRowsOfTheirJpegs) {
  fs::remove_all(folder_ / "img_align_celeba");
  for (int i = 1; i <= 5; ++i)
    add_grey(fmt::format("img_align_celeba_png/{:06}.png", i), i * 10);
  const auto set = celeba();
  EXPECT_EQ(set->load(Split::kValidation).names, std::vector<std::string>{"000004.png"});
  expect_tensor_near(set->load(Split::kTest).find("Bald")->values, torch::tensor({1}), 0);
}

// As pandas rewrites the lists: with row numbers, floats, quotes or semicolons.
TEST_F(Celeba, ListsOfPandasAreRead) {
  fs::remove(folder_ / "list_attr_celeba.txt");
  std::string numbered, quoted;
  for (int i = 1; i <= 6; ++i) {
    const bool bald = i % 2 == 0;
    numbered += fmt::format("{},00000{}.jpg,{},-1.0\n", i - 1, i, bald ? "1.0" : "-1.0");
    quoted += fmt::format("\"00000{}.jpg\";{};False\n", i, bald ? "True" : "False");
  }
  for (const std::string header :
       {",image_id,Bald,Smiling\n", "Unnamed: 0,image_id,Bald,Smiling\n"}) {
    add("list_attr_celeba.csv", header + numbered);
    expect_splits(*celeba());
  }
  add("list_attr_celeba.csv", "\"image_id\";\"Bald\";\"Smiling\"\n" + quoted);
  expect_splits(*celeba());
}

TEST_F(Celeba, ImagesWithoutListsTrainWithoutAttributes) {
  fs::remove(folder_ / "list_attr_celeba.txt");
  const auto set = celeba();
  EXPECT_TRUE(set->load(Split::kTrain).attributes.empty());
  EXPECT_EQ(set->load(Split::kTrain).count(), 3);
  EXPECT_TRUE(set->notice().ends_with("no list_attr_celeba.txt or .csv beside " +
                                      path("img_align_celeba") + ": the images have no attributes"))
      << set->notice();
  fs::remove(folder_ / "list_eval_partition.txt");
  const auto bare = celeba();
  EXPECT_LE(bare->load(Split::kTrain).count(), 5);
  EXPECT_TRUE(bare->notice().starts_with(
      path("img_align_celeba") +
      ": no list_eval_partition: a tenth of the images each, drawn by their names, is for "
      "validation and test"))
      << bare->notice();
  // Numbers of all three official splits.
  add_grey("img_align_celeba/162771.jpg", 1);
  add_grey("img_align_celeba/202599.jpg", 2);
  const auto official = celeba();
  EXPECT_EQ(official->load(Split::kTrain).count(), 5);
  EXPECT_EQ(official->load(Split::kValidation).names, std::vector<std::string>{"162771.jpg"});
  EXPECT_EQ(official->load(Split::kTest).names, std::vector<std::string>{"202599.jpg"});
}

TEST_F(Celeba, ListsThatDoNotFitAreRefused) {
  const std::string attributes = "list_attr_celeba.txt", partition = "list_eval_partition.txt";
  const std::string names = "6\nBald Smiling\n";
  expect_fault(attributes, names + rows().substr(0, 37),
               "no row for 000003.jpg and 2 more; expected a row for each image in "
               "img_align_celeba");
  expect_fault(attributes, names + rows() + "000001.jpg 1 1\n",
               "line 9: a second row for 000001.jpg");
  expect_fault(attributes, names + rows() + "000007.jpg 1\n",
               "line 9: 1 values; expected 2 as in the first row");
  expect_fault(attributes, names + rows() + "000007.jpg 1 yes\n",
               "line 9: \"yes\"; expected a whole number such as 1 or -1");
  expect_fault(attributes, "Bald Smiling Young Male\n" + rows(),
               "line 2: 2 values; expected 4, one for each name");
  expect_fault(attributes, "hello\n" + rows(),
               "line 1: expected the number of images, names of attributes, or a file name");
  expect_fault(attributes, rows(), "no line of names; expected the names of the attributes");
  expect_fault(attributes, names, "no rows; expected a file name and numbers");
  expect_fault(attributes, names + rows() + "nonsense\n",
               "line 9: expected a file name and numbers");
  add(attributes, names + rows());
  expect_fault(partition, "000001.jpg 0\n000002.jpg 0\n",
               "no row for 000003.jpg and 2 more; expected a row for each image in "
               "img_align_celeba");
  expect_fault(partition, "000001.jpg 0\n000002.jpg 3\n000003.jpg 0\n000004.jpg 1\n000005.jpg 0\n",
               "3 for 000002.jpg; expected 0 (train), 1 (validation) or 2 (test)");
  expect_fault(partition, "000001.jpg 1\n000002.jpg 1\n000003.jpg 1\n000004.jpg 1\n000005.jpg 1\n",
               "no image of the training split is in " + path("img_align_celeba"));
  fs::remove_all(folder_ / "img_align_celeba");
  expect_error([&] { celeba(); }, path("img_align_celeba") +
                                      ": no such folder; see scripts/fetch_data.sh celeba, or set "
                                      "data.dir or LATENT_DATA");
}

TEST(CelebaOfficial, TheRealFacesKeepTheirSplitAndAttributes) {
  LATENT_REAL_DATA(faces, "celeba");
  if (!have_codecs()) GTEST_SKIP() << "NOT TESTED: this build has no image codecs";
  const CacheFolder cache;
  Config config = Config::parse("{\"data\": {\"name\": \"celeba\", \"dir\": \"" + faces.string() +
                                    "\", \"size\": [16, 16], \"count\": 100}}",
                                "x");
  const auto set = configure_dataset(config.root().section("data")).open();
  const Examples train = set->load(Split::kTrain), test = set->load(Split::kTest);
  EXPECT_EQ(train.count(), 100);
  EXPECT_EQ(train.shape(), (ImageShape{3, 16, 16}));
  EXPECT_EQ(train.attributes.size(), 40U);
  EXPECT_EQ(train.names[0], "000004.jpg");
  EXPECT_EQ(train.find("Smiling")->values[0].item<double>(), 0);
  EXPECT_EQ(train.find("Young")->values[0].item<double>(), 1);
  EXPECT_NEAR(test.find("Smiling")->values.mean().item<double>(), 0.48, 0.06);
}

}  // namespace
}  // namespace latent
