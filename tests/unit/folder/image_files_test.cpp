// Which files of a folder are images, and what is said about the others.
#include "folder/image_files.h"

#include "core/system/file.h"
#include "folder/endings.h"
#include "unit/expect.h"
#include "unit/image_files.h"

namespace latent {
namespace {

class ImageFiles : public testing::Test {
 protected:
  void add(const std::string& name) {
    make_directories((folder_ / name).parent_path());
    write_file(folder_ / name, "");
  }

  TemporaryFolder folder_;
};

TEST_F(ImageFiles, OthersAreCountedByEndingWithTheirRemedy) {
  for (const char* name : {"a.jpg", "b.HEIC", "c/d.heic", "e.mp4", "f.mov", "IMG_1"})
    add(name);
  const FolderListing listing = list_images(folder_.path());
  EXPECT_EQ(listing.images.size(), 1U);
  EXPECT_EQ(left_out_text(listing.left_out),
            "5 files left out: .heic 2: convert them with heif-convert FILE.heic FILE.jpg (package "
            "libheif-examples); .mov 1, .mp4 1: take pictures from them with ffmpeg -i FILE.mp4 "
            "-vf fps=1 FILE-%05d.png; no ending 1: not JPEG, PNG, BMP, TIFF, WebP, GIF or "
            "PNM; convert them");
}

TEST_F(ImageFiles, RawPhotosAreNotReadByTheirThumbnails) {
  // Tag 254 of the first directory: a thumbnail; 330: the place of the others.
  const std::string raw = testing_files::tiff_of({{254, {1}}, {256, {7}}, {330, {8}}}, "", 0);
  for (const char* name : {"a.NEF", "b.dng", "no_ending", "c.unknown"})
    write_file(folder_ / name, raw);
  const std::string plain = testing_files::tiff_of({{256, {7}}}, "", 0);
  for (const char* name : {"d.arw", "scan", "e.tif"})
    write_file(folder_ / name, plain);
  write_file(folder_ / "f.raw", "\xff\xd8\xff");  // a JPEG that is called so
  const FolderListing listing = list_images(folder_.path());
  std::vector<std::string> images;
  for (const auto& image : listing.images)
    images.push_back(image.name);
  EXPECT_EQ(images, (std::vector<std::string>{"e.tif", "f.raw", "scan"}));
  const std::string text = left_out_text(listing.left_out);
  EXPECT_TRUE(
      text.starts_with("5 files left out: .arw 1, .dng 1, .nef 1: develop them with "
                       "darktable-cli FILE.dng FILE.jpg"))
      << text;
}

TEST_F(ImageFiles, TextsAndJunkAreNotMentioned) {
  for (const char* name : {"a.jpg", "notes.txt", "labels.CSV", "x.json", "Thumbs.db", "desktop.ini",
                           ".DS_Store", "._a.jpg", "__MACOSX/._a.jpg", "__MACOSX/b.jpg",
                           "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "README", "run.py"})
    add(name);
  const FolderListing listing = list_images(folder_.path());
  EXPECT_EQ(listing.images.size(), 1U);
  EXPECT_EQ(left_out_text(listing.left_out), "");
}

TEST_F(ImageFiles, AFolderWithoutImagesSaysWhatItHolds) {
  const std::string message =
      folder_.path().string() +
      ": no images; expected .jpg, .png, .bmp, .tif, .webp, .gif or .pgm files";
  add("train.csv");
  expect_error(
      [&] { list_images(folder_.path()); },
      message + "; latent data check " + (folder_ / "train.csv").string() + " reads that file");
  // The file of training data, wherever it is in the alphabet.
  for (const char* name : {"a_test.csv", "sample_submission.csv", "Test.csv"})
    add(name);
  expect_error(
      [&] { list_images(folder_.path()); },
      message + "; latent data check " + (folder_ / "train.csv").string() + " reads that file");
  add("photos.zip");
  expect_error([&] { list_images(folder_.path()); },
               message + "; 1 file left out: .zip 1: unpack them");
}

TEST(Endings, EveryKindHasARemedy) {
  for (const char* name : {"a.heif", "a.AVIF", "a.cr2", "a.NEF", "a.mkv", "a.tar", "a.7z", "a.dcm",
                           "a.nii.gz", "a.svg", "a.npz", "a.xyz", "a"})
    EXPECT_NE(remedy_for(name), "") << name;
  EXPECT_EQ(ending_of("scan.NII.gz"), ".nii.gz");
  EXPECT_EQ(ending_of("a.tar.gz"), ".gz");
  EXPECT_EQ(remedy_for("a.tar.gz"), "unpack them");
}

}  // namespace
}  // namespace latent
