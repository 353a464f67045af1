// Folders of images as people have them.
#include <spdlog/fmt/fmt.h>

#include <set>

#include "unit/image_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using namespace testing_files;

const Split kAll[] = {Split::kTrain, Split::kValidation, Split::kTest};

class Folder : public ImageFolderTest {
 protected:
  std::unique_ptr<Dataset> folder(const std::string& keys = "") {
    return open("folder", ", \"channels\": 1" + keys);
  }
  // All images in the training split.
  std::unique_ptr<Dataset> training(const std::string& keys = "") {
    return folder(", \"validation\": 0, \"test\": 0" + keys);
  }
  void expect_fault(const std::string& keys, const std::string& message) {
    expect_error([&] { training(keys)->load(Split::kTrain); }, message);
  }
};

TEST_F(Folder, IsSearchedDeeplyAndSortedByBytes) {
  add_grey("b/2.png", 30);
  add_grey("b/1.PNG", 20);
  add_grey("a/x/y/deep.png", 10);
  add_grey("top.png", 40);
  add(".hidden.png", "no image");
  add(".git/a.png", "no image");
  add("notes.txt", "no image");
  const Examples train = training()->load(Split::kTrain);
  EXPECT_EQ(train.names,
            (std::vector<std::string>{"a/x/y/deep.png", "b/1.PNG", "b/2.png", "top.png"}));
  expect_tensor_near(train.pixels.select(1, 0).select(1, 0).flatten(),
                     torch::tensor({10, 20, 30, 40}), 0);
  const Attribute* label = train.find("label");
  ASSERT_NE(label, nullptr);
  EXPECT_EQ(label->classes, (std::vector<std::string>{"(none)", "a", "b"}));
  expect_tensor_near(label->values, torch::tensor({1, 2, 2, 0}), 0);
}

TEST_F(Folder, StrangeNamesWork) {
  const std::vector<std::string> names{
      "a b.png",  "a\nb.png", "\"q\" 'q'.png", "gr\xc3\xbc\xc3\x9f.png",
      "\xff.png", "-n.png",   "$(x).png"};
  for (const auto& name : names)
    add_grey(name, 7);
  const auto train = training()->load(Split::kTrain);
  EXPECT_EQ(std::set<std::string>(train.names.begin(), train.names.end()),
            std::set<std::string>(names.begin(), names.end()));
  EXPECT_EQ(train.find("label"), nullptr);
}

TEST_F(Folder, LinksAreFollowedAndLoopsEnd) {
  TemporaryFolder elsewhere;
  write_file(elsewhere / "far.png", grey_png(4, 4, 9));
  add_grey("a/near.png", 5);
  fs::create_directory_symlink(folder_.path(), folder_ / "a/loop");
  fs::create_directory_symlink(elsewhere.path(), folder_ / "linked");
  fs::create_directory_symlink(elsewhere.path(), folder_ / "again");
  EXPECT_EQ(training()->load(Split::kTrain).names,
            (std::vector<std::string>{"a/near.png", "again/far.png"}));
}

TEST_F(Folder, SplitsByNameSoThatANewFileMovesNoOther) {
  for (int i = 0; i < 300; ++i)
    add_grey(fmt::format("c{}/{}.png", i % 3, i), i % 256);
  const auto members = [&](const std::string& keys = "") {
    const auto set = folder(keys);
    std::map<std::string, Split> split_of;
    for (const Split split : kAll) {
      for (const auto& name : set->load(split).names)
        EXPECT_TRUE(split_of.emplace(name, split).second) << name;
    }
    return split_of;
  };
  auto before = members();
  EXPECT_EQ(before.size(), 300U);
  int64_t validation = 0;
  for (const auto& [name, split] : before)
    validation += split == Split::kValidation;
  EXPECT_NEAR(static_cast<double>(validation), 30, 16);  // three deviations
  add_grey("c0/new.png", 1);
  auto after = members();
  after.erase("c0/new.png");
  EXPECT_EQ(after, before);
  EXPECT_NE(members(", \"split_seed\": 1"), members());
  // Some of the training images, the other splits untouched.
  const auto some = members(", \"count\": 50");
  int64_t train = 0;
  for (const auto& [name, split] : some) {
    train += split == Split::kTrain;
    EXPECT_EQ(split, before.contains(name) ? before.at(name) : split);
  }
  EXPECT_EQ(train, 50);
}

TEST_F(Folder, AttributesAndPixelsBelongTogetherInEverySplit) {
  for (int i = 0; i < 100; ++i)
    add_grey(fmt::format("c{}/{}.png", i % 5, i), i % 5 * 10);
  const auto set = folder();
  for (const Split split : kAll) {
    const Examples examples = set->load(split);
    expect_tensor_near(examples.pixels.select(1, 0).select(1, 0).flatten(),
                       examples.find("label")->values * 10, 0);
  }
}

TEST_F(Folder, ItsOwnSplitFoldersAreTaken) {
  add_grey("train/cat/1.png", 1);
  add_grey("train/dog/2.png", 2);
  add_grey("val/cat/3.png", 3);
  const auto set = folder();
  EXPECT_EQ(set->load(Split::kTrain).names.size(), 2U);
  EXPECT_EQ(set->load(Split::kValidation).names, std::vector<std::string>{"val/cat/3.png"});
  EXPECT_EQ(set->load(Split::kTrain).find("label")->classes,
            (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(set->notice(),
            folder_.path().string() +
                ": its folders are the splits: train from train, validation from val (data.splits: "
                "none reads them as classes); data.validation and data.test are not used\n"
                "no test images: the validation images are used for test (data.splits: fill draws "
                "some from the training images)");
  add_grey("ground_truth/4.png", 4);
  EXPECT_EQ(folder()->load(Split::kTrain).names.size(), 2U);
  ASSERT_EQ(folder()->left_out().size(), 1U);
  EXPECT_EQ(folder()->left_out()[0].what, "ground_truth/");
  // Classes may be called like splits.
  EXPECT_EQ(training(", \"splits\": \"none\"")->load(Split::kTrain).names.size(), 4U);
}

TEST_F(Folder, MissingSplitsAreDrawnFromTheTrainingImages) {
  for (int i = 0; i < 100; ++i)
    add_grey(fmt::format("Training/c{}/{}.png", i % 2, i), i);
  add_grey("Testing/c0/200.png", 200);
  const auto set = folder(", \"splits\": \"fill\"");
  const auto train = set->load(Split::kTrain), validation = set->load(Split::kValidation);
  EXPECT_EQ(train.count() + validation.count(), 100);
  EXPECT_NEAR(static_cast<double>(validation.count()), 10, 9);  // three deviations
  EXPECT_EQ(set->load(Split::kTest).names, std::vector<std::string>{"Testing/c0/200.png"});
  EXPECT_EQ(train.find("label")->classes, (std::vector<std::string>{"c0", "c1"}));
  const auto named = folder(", \"splits\": \"train=Training\", \"test\": 0");
  EXPECT_EQ(named->load(Split::kValidation).names, validation.names);
  EXPECT_EQ(named->left_out().at(0).what, "Testing/");
  EXPECT_EQ(folder(", \"splits\": \"fill\", \"validation\": 0")->load(Split::kTrain).count(), 100);
}

// Neither the images nor their order nor their splits change when a lone folder is entered.
TEST_F(Folder, ALoneFolderChangesOnlyTheClasses) {
  for (int i = 0; i < 60; ++i)
    add_grey(fmt::format("flowers/c{}/{}.png", i % 3, i), i);
  const auto now = folder(), before = folder(", \"splits\": \"exact\"");
  for (const Split split : kAll)
    EXPECT_EQ(now->load(split).names, before->load(split).names);
  EXPECT_EQ(before->load(Split::kTrain).find("label")->classes,
            std::vector<std::string>{"flowers"});
  EXPECT_EQ(now->load(Split::kTrain).find("label")->classes,
            (std::vector<std::string>{"c0", "c1", "c2"}));
}

// The config that version 0.1 wrote into a run has all of its keys, and no "splits".
TEST_F(Folder, AFormerRunReadsTheSameImages) {
  add_grey("Train/1.png", 1);
  add_grey("Test/2.png", 2);
  const std::string former =
      ", \"labels\": \"folders\", \"validation\": 0.0, \"test\": 0.0, \"split_seed\": 0, "
      "\"count\": 0";
  EXPECT_EQ(folder(former)->load(Split::kTrain).count(), 1);
  EXPECT_EQ(folder(former + ", \"on_error\": \"fail\"")->load(Split::kTrain).count(), 2);
  EXPECT_EQ(folder(former + ", \"on_error\": \"fail\", \"splits\": \"folders\"")
                ->load(Split::kTrain)
                .count(),
            1);
}

TEST_F(Folder, AFewImagesAlwaysLeaveSomeForTraining) {
  for (const int images : {1, 2, 3, 13}) {
    for (int i = 0; i < images; ++i)
      add_grey(std::to_string(i) + ".png", i);
    for (int64_t seed = 0; seed < 20; ++seed) {
      const auto set =
          folder(fmt::format(", \"validation\": 0.45, \"test\": 0.45, \"split_seed\": {}", seed));
      for (const Split split : kAll)
        EXPECT_GT(set->load(split).count(), 0);
    }
  }
  fs::remove_all(folder_.path());
  add_grey("a.png", 1);
  // For a seed that draws it for another split.
  for (int64_t seed = 0; seed < 60; ++seed) {
    const std::string notice =
        folder(fmt::format(", \"validation\": 0.5, \"test\": 0.4, \"split_seed\": {}", seed))
            ->notice();
    if (notice.find("drawn") == std::string::npos) continue;
    EXPECT_EQ(notice, folder_.path().string() +
                          ": 1 image, none of them drawn for training: all are training images\n"
                          "no validation images: the train images are used for validation\n"
                          "no test images: the train images are used for test");
    return;
  }
  ADD_FAILURE() << "no seed draws the image for another split";
}

TEST_F(Folder, ASplitOfBrokenFilesIsServedByAnother) {
  add_grey("train/a.png", 1);
  add_grey("train/b.png", 2);
  add("val/broken.png", "hello");
  const std::string skip = ", \"on_error\": \"skip\"";
  const auto set = folder(skip);
  EXPECT_EQ(set->load(Split::kTrain).count(), 2);
  EXPECT_EQ(set->load(Split::kValidation).count(), 2);
  EXPECT_NE(set->notice().find("no validation images: the train images are used for validation"),
            std::string::npos)
      << set->notice();
  // A training split of a folder's own is not replaced.
  fs::remove_all(folder_.path());
  add("train/broken.png", "hello");
  add_grey("val/a.png", 1);
  expect_error([&] { folder(skip)->load(Split::kTrain); },
               folder_.path().string() + ": no images for the train split");
  // One that was drawn is.
  fs::remove_all(folder_.path());
  add("broken.png", "hello");
  add_grey("a.png", 1);
  for (int64_t seed = 0; seed < 20; ++seed) {
    const auto drawn = folder(
        skip + fmt::format(", \"validation\": 0.3, \"test\": 0.3, \"split_seed\": {}", seed));
    for (const Split split : kAll)
      EXPECT_EQ(drawn->load(split).names, std::vector<std::string>{"a.png"});
  }
}

TEST_F(Folder, FewImagesServeInTwoSplits) {
  add_grey("a.png", 1);
  const auto set = training();
  EXPECT_EQ(set->load(Split::kValidation).count(), 1);
  EXPECT_EQ(set->notice(),
            "no validation images: the train images are used for validation\n"
            "no test images: the train images are used for test");
}

TEST_F(Folder, EveryKindOfImageIsRead) {
  add("a.jpg", jpeg(6));
  add("b.webp", webp());
  add("c.bmp", bmp32(1, 1, {10, 20, 30, 0}));
  add("d.tif", tiff(2, 1, 16, {'\xff', '\xff', 0, '\x80'}));
  add("e.png", png(1, 1, 8, 6, {{100, 50, 0, 0}}));
  add("one pixel.png", grey_png(1, 1, 77));
  const Examples train =
      open("folder", ", \"size\": [8, 8], \"validation\": 0, \"test\": 0")->load(Split::kTrain);
  EXPECT_EQ(train.shape(), (ImageShape{3, 8, 8}));
  EXPECT_GT(train.pixels[0][0][4][0].item<int>(), 200);  // red is on top after the turn
  EXPECT_LT(train.pixels[0][7][4][0].item<int>(), 100);
  expect_tensor_near(train.pixels[4], torch::full({8, 8, 3}, 255), 0);  // on white
  expect_tensor_near(train.pixels[5], torch::full({8, 8, 3}, 77), 0);
}

TEST_F(Folder, FaultsNameTheFile) {
  const std::string remedy = "; fix or remove it, or skip such files with data.on_error: skip";
  expect_fault("", folder_.path().string() +
                       ": no images; expected .jpg, .png, .bmp, .tif, .webp, .gif or .pgm files");
  add_grey("good.png", 5);
  const auto faulty = [&](const std::string& bytes, const std::string& message) {
    add("bad.jpg", bytes);
    expect_fault("", path("bad.jpg") + ": " + message + remedy);
  };
  faulty("", "empty file; expected an image");
  faulty("hello",
         "not an image this program reads; expected JPEG, PNG, BMP, TIFF, WebP, GIF or PNM");
  faulty(jpeg().substr(0, 290), "cut short: the end of the image is missing");
  faulty(png(20000, 20000, 8, 2, {"x"}), "20000x20000 pixels; expected at most 100 megapixels");
  add("bad.jpg", grey_png(3, 2, 0));  // the first, so the other is of another size
  expect_fault("", path("good.png") +
                       ": 4x4 pixels; expected 3x2 like the others: data.size brings all images to "
                       "one size" +
                       remedy);
  fs::remove(folder_ / "bad.jpg");
  fs::create_symlink("nowhere", folder_ / "bad.jpg");
  expect_fault("", path("bad.jpg") + ": no such file" + remedy);
}

TEST_F(Folder, ReadableImagesStayUsable) {
  for (int i = 0; i < 9; ++i)
    add_grey(std::to_string(i) + ".png", i);
  add("3 bad.png", "hello");
  const auto set = training(", \"on_error\": \"skip\"");
  const Examples train = set->load(Split::kTrain);
  EXPECT_EQ(train.count(), 9);
  EXPECT_EQ(train.names[3], "3.png");
  EXPECT_EQ(train.names[4], "4.png");
  expect_tensor_near(train.pixels.select(1, 0).select(1, 0).flatten(), torch::arange(9), 0);
  EXPECT_NE(set->notice().find("1 of 10 images cannot be read and are skipped:\n  " +
                               path("3 bad.png") + ": not an image"),
            std::string::npos)
      << set->notice();
}

TEST_F(Folder, WrongKeysAreNamed) {
  add_grey("a.png", 1);
  expect_error([&] { open("folder", ", \"channels\": 2"); },
               "x: data.channels: got 2; expected 1 or 3");
  expect_error([&] { folder(", \"validation\": 0.5, \"test\": 0.5"); },
               "x: data.validation: got 0.5, and data.test 0.5; expected a sum below 1");
  fs::remove_all(folder_.path());
  expect_fault("", "x: data.dir: " + folder_.path().string() +
                       ": no such folder; expected the path of a folder");
  write_file(folder_.path(), "x");
  expect_fault("", folder_.path().string() + ": is a file; expected a folder of images");
}

TEST_F(Folder, AReadOnlyFolderIsEnough) {
  add_grey("a.png", 1);
  fs::permissions(folder_.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(training()->load(Split::kTrain).count(), 1);
  fs::permissions(folder_.path(), fs::perms::owner_all);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(Folder, AChangedFileMakesANewPack) {
  add_grey("a.png", 1);
  EXPECT_EQ(training()->load(Split::kTrain).pixels.max().item<int>(), 1);
  EXPECT_FALSE(training()->pack()->made);
  add_grey("a.png", 2);
  EXPECT_EQ(training()->load(Split::kTrain).pixels.max().item<int>(), 2);
  EXPECT_TRUE(training(", \"size\": [2, 2]")->pack()->made);
  EXPECT_FALSE(training()->pack()->made);
}

TEST_F(Folder, ImagesAreKnownByTheirContent) {
  add("a", grey_png(2, 2, 10));
  add("b.dat", "P5 2 2 255 abcd");
  add("c.txt", "P5 is no picture");
  const auto set = open("folder", R"(, "validation": 0, "test": 0, "channels": 1)");
  EXPECT_EQ(set->load(Split::kTrain).names, (std::vector<std::string>{"a", "b.dat"}));
}

TEST_F(Folder, NearlyBlackImagesAreWarnedAboutWithTheWhiteThatFits) {
  const std::string deep{0x0f, '\xa0', 0x08, 0};  // 4000, 2048
  add("a.png", testing_files::png(2, 1, 16, 0, {deep}));
  const std::string keys = R"(, "validation": 0, "test": 0, "channels": 1)";
  const auto dark = open("folder", keys);
  EXPECT_EQ(dark->load(Split::kTrain).pixels.max().item<int64_t>(), 16);
  EXPECT_EQ(dark->warnings(),
            std::vector{folder_.path().string() +
                        ": the images are nearly black: their largest value is 4000 of 65535; set "
                        "data.white 4095 to show it as white"});
  // Another pack: 4000 * 255 / 4095 = 249.08.
  const auto bright = open("folder", keys + R"(, "white": 4095)");
  EXPECT_EQ(bright->load(Split::kTrain).pixels.max().item<int64_t>(), 249);
  EXPECT_EQ(bright->warnings(), std::vector<std::string>{});
  expect_error([&] { open("folder", keys + R"(, "white": 9, "black": 9)"); },
               "x: data.white: got 9, which data.black is too; expected another value");
}

}  // namespace
}  // namespace latent
