// Folders as archives and people leave them.
#include "folder/layout.h"

#include <algorithm>

#include "unit/expect.h"

namespace latent {
namespace {

using Words = std::vector<std::string>;

class Layout : public testing::Test {
 protected:
  void read(Words names, const std::string& splits = "folders") {
    std::sort(names.begin(), names.end());
    files_.clear();
    for (const auto& name : names)
      files_.push_back({.name = name});
    layout_ = read_layout("set", files_, parse_split_rule(splits, "data.splits"), "data.splits");
  }

  // The names of the images of a split; all used images if folders are not the splits.
  Words images(Split split = Split::kTrain) const {
    Words names;
    for (size_t i = 0; i < layout_.images.size(); ++i) {
      if (!layout_.by_folders() || layout_.splits[i] == split)
        names.push_back(files_[layout_.images[i]].name);
    }
    return names;
  }

  std::string left_out() const {
    std::string text;
    for (const auto& each : layout_.left_out)
      text += each.what + " " + std::to_string(each.files) + ";";
    return text;
  }

  std::vector<ImageFile> files_;
  FolderLayout layout_;
};

TEST_F(Layout, SplitsHaveManyNamesInAnyCase) {
  for (const char* name : {"train", "Train", "TRAINING", "training_set", "train-set", "trainset",
                           "seg_train", "train2017", "Train Images", "train_data", "images_train"})
    EXPECT_EQ(split_called(name), Split::kTrain) << name;
  for (const char* name : {"val", "Valid", "validation", "VALIDATION_SET", "dev", "val2017"})
    EXPECT_EQ(split_called(name), Split::kValidation) << name;
  for (const char* name : {"test", "Testing", "test_set", "seg_test", "test1", "evaluation"})
    EXPECT_EQ(split_called(name), Split::kTest) << name;
  for (const char* name : {"cat", "trains", "trainer", "train_masks", "seg_pred", "ground_truth",
                           "value", "contest", "2017", "", "set", "data", "images"})
    EXPECT_EQ(split_called(name), std::nullopt) << name;
}

TEST_F(Layout, SplitFoldersWithClasses) {
  read({"Training/cat/1.png", "Training/dog/2.png", "Testing/cat/3.png"});
  ASSERT_TRUE(layout_.by_folders());
  EXPECT_EQ(images(), (Words{"Training/cat/1.png", "Training/dog/2.png"}));
  EXPECT_EQ(images(Split::kTest), Words{"Testing/cat/3.png"});
  EXPECT_EQ(layout_.labelled, (Words{"cat/3.png", "cat/1.png", "dog/2.png"}));
  EXPECT_EQ(layout_.notice,
            "set: its folders are the splits: train from Training, test from Testing "
            "(data.splits: none reads them as classes); data.validation and data.test are not "
            "used");
  EXPECT_TRUE(layout_.warnings.empty());
}

TEST_F(Layout, WhatIsBesideTheSplitsIsLeftOut) {
  read({"train/good/1.png", "test/bad/2.png", "ground_truth/bad/2.png", "preview.png"});
  EXPECT_EQ(layout_.images.size(), 2U);
  EXPECT_EQ(left_out(), "ground_truth/ 1;single images 1;");
  EXPECT_EQ(layout_.labelled, (Words{"bad/2.png", "good/1.png"}));
}

TEST_F(Layout, LoneFoldersAreEntered) {
  read({"flowers/flowers/rose/1.png", "flowers/flowers/tulip/1.png"});
  EXPECT_EQ(layout_.labelled, (Words{"rose/1.png", "tulip/1.png"}));
  EXPECT_EQ(
      layout_.notice,
      "set: its only folder of images, flowers/flowers/, is entered (data.dir can name another)");
  // A folder of nothing but images is a class, unless its name says nothing.
  read({"rose/1.png", "rose/2.png"});
  EXPECT_EQ(layout_.labelled, (Words{"rose/1.png", "rose/2.png"}));
  EXPECT_EQ(layout_.notice, "");
  read({"images/1.png", "images/2.png"});
  EXPECT_EQ(layout_.labelled, (Words{"1.png", "2.png"}));
  read({"train/1.png"});
  EXPECT_EQ(layout_.labelled, Words{"1.png"});
  // So are wrappers of splits, and folders within the splits.
  read({"images/train/a/1.png", "images/val/a/2.png"});
  EXPECT_EQ(images(Split::kValidation), Words{"images/val/a/2.png"});
  read({"seg_train/seg_train/sea/1.png", "seg_test/seg_test/sea/2.png", "seg_pred/seg_pred/3.png"});
  EXPECT_EQ(layout_.labelled, (Words{"sea/2.png", "sea/1.png"}));
  EXPECT_EQ(left_out(), "seg_pred/ 1;");
  read({"train/images/1.png", "valid/images/2.png"});
  EXPECT_EQ(layout_.labelled, (Words{"1.png", "2.png"}));
}

TEST_F(Layout, SplitsMayBeInTheFolderOfEachClass) {
  read({"cat/train/1.png", "cat/test/2.png", "dog/train/3.png", "dog/ground_truth/3.png",
        "note.png"});
  ASSERT_TRUE(layout_.by_folders());
  EXPECT_EQ(images(), (Words{"cat/train/1.png", "dog/train/3.png"}));
  EXPECT_EQ(images(Split::kTest), Words{"cat/test/2.png"});
  EXPECT_EQ(layout_.labelled, (Words{"cat/2.png", "cat/1.png", "dog/3.png"}));
  EXPECT_EQ(left_out(), "ground_truth/ 1;single images 1;");
  EXPECT_TRUE(layout_.notice.starts_with(
      "set: cat and dog are the classes, and their folders the splits: train from train, test from "
      "test (data.splits"))
      << layout_.notice;
  // A stray image does not make the folder of the splits a class.
  read({"bird/train/owl/1.png", "bird/test/owl/2.png", "cover.png"});
  EXPECT_EQ(layout_.labelled, (Words{"owl/2.png", "owl/1.png"}));
  read({"cat/train/1.png", "cat/test/2.png", "dog/3.png"});
  EXPECT_FALSE(layout_.by_folders());
  ASSERT_EQ(layout_.warnings.size(), 1U);
  EXPECT_EQ(layout_.warnings[0],
            "set: the folders cat hold splits of their own, but dog does not: the images of each "
            "are read as one class, and the splits are drawn; expected splits in all of them, or "
            "data.dir naming one");
}

TEST_F(Layout, ASecondCopyIsLeftOut) {
  read({"Parasitized/1.png", "Uninfected/2.png", "cell_images/Parasitized/1.png",
        "cell_images/Uninfected/2.png"});
  EXPECT_EQ(images(), (Words{"Parasitized/1.png", "Uninfected/2.png"}));
  EXPECT_EQ(left_out(), "cell_images/ 2;");
  read({"a/1.png", "b/1.png", "c/a/1.png", "c/d/1.png"});
  EXPECT_EQ(left_out(), "");
}

TEST_F(Layout, ClassesCalledLikeSplitsOrMasksAreWarnedOf) {
  read({"train/1.png", "bus/2.png"});
  EXPECT_FALSE(layout_.by_folders());
  ASSERT_EQ(layout_.warnings.size(), 1U);
  EXPECT_EQ(layout_.warnings[0],
            "set: the folder train is read as a class, but called like a split; data.splits: "
            "\"train=train\" reads it as one, and \"none\" keeps the class without this warning");
  read({"train/1.png", "bus/2.png"}, "none");
  EXPECT_TRUE(layout_.warnings.empty());
  read({"Val/1.png", "Test/2.png"});
  ASSERT_EQ(layout_.warnings.size(), 1U);
  EXPECT_NE(layout_.warnings[0].find("\"train=FOLDER,test=Test,validation=Val\""),
            std::string::npos)
      << layout_.warnings[0];
  read({"images/1.png", "masks/1.png"});
  ASSERT_EQ(layout_.warnings.size(), 1U);
  EXPECT_NE(layout_.warnings[0].find("the folder masks is read as a class"), std::string::npos);
}

TEST_F(Layout, AKeyNamesTheSplits) {
  read({"good/1.png", "more/2.png", "bad/3.png", "other/4.png"}, "train=good,train=more, test=bad");
  EXPECT_EQ(images(), (Words{"good/1.png", "more/2.png"}));
  EXPECT_EQ(images(Split::kTest), Words{"bad/3.png"});
  EXPECT_EQ(left_out(), "other/ 1;");
  read({"good/1.png"}, "train=good");
  EXPECT_EQ(images(), Words{"good/1.png"});
  read({"train/1.png", "test/2.png"}, "none");
  EXPECT_FALSE(layout_.by_folders());
  EXPECT_EQ(layout_.labelled, (Words{"test/2.png", "train/1.png"}));
  expect_error(
      [&] {
        read({"a/1.png", "b/1.png"}, "train=c");
      },
      "data.splits: no folder c with images in set; expected one of a and b");
}

TEST_F(Layout, WrongKeysAreNamed) {
  const std::string expected =
      "\"; expected folders, fill, none, exact, or names of folders such as train=Good,test=Bad";
  for (const std::string text : {"both", "", "train", "train=", "trian=a", "train=a,test=a"})
    expect_error([&] { parse_split_rule(text, "data.splits"); },
                 "data.splits: got \"" + text + expected +
                     (text.empty() ? ", with a folder for train" : ""));
  expect_error([&] { parse_split_rule("test=a", "data.splits"); },
               "data.splits: got \"test=a" + expected + ", with a folder for train");
}

TEST_F(Layout, ExactReadsAsTheFirstVersionDid) {
  read({"train/a/1.png", "val/a/2.png"}, "exact");
  EXPECT_EQ(images(Split::kValidation), Words{"val/a/2.png"});
  EXPECT_EQ(layout_.labelled, (Words{"a/1.png", "a/2.png"}));
  for (const Words& names :
       {Words{"Train/a/1.png", "Test/a/2.png"}, Words{"test/1.png", "train/2.png", "zoo/3.png"},
        Words{"w/train/a/1.png", "w/val/a/2.png"}, Words{"w/a/1.png"}}) {
    read(names, "exact");
    EXPECT_FALSE(layout_.by_folders());
    Words sorted = names;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(layout_.labelled, sorted);
    EXPECT_TRUE(layout_.left_out.empty() && layout_.warnings.empty() && layout_.notice.empty());
  }
}

}  // namespace
}  // namespace latent
