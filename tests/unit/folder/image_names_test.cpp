// Names as people write them, and the images that they mean.
#include "folder/image_names.h"

#include "unit/expect.h"

namespace latent {
namespace {

const std::vector<std::string> kImages{
    "a.png",                  // 0
    "cats/1.png",             // 1
    "dogs/1.png",             // 2
    "dogs/old/2.JPG",         // 3
    "bla\u030ab\u00e6r.png",  // 4, as macOS writes it
    "x.jpg",                  // 5
    "x.png",                  // 6
    "back\\slash.png",        // 7
    "UP.png",                 // 8
    "up.PNG",                 // 9
    "v1.2.png",               // 10
};

constexpr int kNothing = -1, kSeveral = -2;

int found(const std::string& written) {
  const ImageNames index(kImages);
  const auto result = index.find(written);
  switch (result.outcome) {
    case ImageNames::Outcome::kNone:
      return kNothing;
    case ImageNames::Outcome::kSeveral:
      return kSeveral;
    default:
      return static_cast<int>(result.image);
  }
}

TEST(ImageNames, TheLongestCommonEndingCounts) {
  EXPECT_EQ(found("a.png"), 0);
  EXPECT_EQ(found("./a.png"), 0);
  EXPECT_EQ(found("/home/me/imgs/a.png"), 0);
  EXPECT_EQ(found("imgs/cats/1.png"), 1);
  EXPECT_EQ(found("cats/../dogs/1.png"), 2);
  EXPECT_EQ(found("2.JPG"), 3);
  EXPECT_EQ(found("old/2.JPG"), 3);
  EXPECT_EQ(found("../imgs/a.png"), 0);
}

TEST(ImageNames, AnotherFoldersFileIsNotMeant) {
  EXPECT_EQ(found("cats/old/2.JPG"), kNothing);
  EXPECT_EQ(found("new/2.JPG"), kNothing);
  EXPECT_EQ(found("birds/1.png"), kNothing);
  EXPECT_EQ(found("aa.png"), kNothing);
  EXPECT_EQ(found("ats/1.png"), kNothing) << "folders are compared whole";
  EXPECT_EQ(found(""), kNothing);
  EXPECT_EQ(found("/"), kNothing);
  EXPECT_EQ(found("C:"), kNothing);
  const ImageNames index(kImages);
  const auto elsewhere = index.find_elsewhere("new/2.jpg");
  EXPECT_EQ(elsewhere.outcome, ImageNames::Outcome::kFound);
  EXPECT_EQ(elsewhere.image, 3u);
  EXPECT_EQ(index.find_elsewhere("new/3.jpg").outcome, ImageNames::Outcome::kNone);
}

TEST(ImageNames, ANameOfTwoImagesIsAmbiguous) {
  const ImageNames index(kImages);
  const auto result = index.find("1.png");
  EXPECT_EQ(result.outcome, ImageNames::Outcome::kSeveral);
  EXPECT_EQ(result.image, 1u);
  EXPECT_EQ(result.other, 2u);
  EXPECT_EQ(found("x"), kSeveral) << "x.jpg or x.png";
  EXPECT_EQ(found("Up.png"), kSeveral);
}

TEST(ImageNames, AWholePathIsTakenBeforeAnEnding) {
  const std::vector<std::string> images{"deep/1.png", "1.png"};
  const ImageNames index(images);
  EXPECT_EQ(index.find("1.png").image, 1u);
  EXPECT_EQ(index.find("deep/1.png").image, 0u);
  EXPECT_EQ(index.find("imgs/1.png").image, 1u);
}

TEST(ImageNames, SpellingsOfOtherSystems) {
  EXPECT_EQ(found("C:\\Users\\me\\imgs\\a.png"), 0);
  EXPECT_EQ(found("dogs\\old\\2.JPG"), 3);
  EXPECT_EQ(found("back\\slash.png"), 7);
  EXPECT_EQ(found("bl\u00e5b\u00e6r.png"), 4);
  EXPECT_EQ(found("BL\u00c5B\u00c6R.PNG"), 4);
  EXPECT_EQ(found("A.PNG"), 0);
  EXPECT_EQ(found("UP.png"), 8) << "as it is written, before other cases";
}

TEST(ImageNames, EndingsOfFilesMayBeLeftOut) {
  EXPECT_EQ(found("a"), 0);
  EXPECT_EQ(found("cats/1"), 1);
  EXPECT_EQ(found("v1.2"), 10);
  EXPECT_EQ(found("v1"), kNothing);
  EXPECT_EQ(found("a.jpg"), kNothing) << "an ending that is there must be right";
}

}  // namespace
}  // namespace latent
