// The names under which the user's files are shown.
#include "session/input_names.h"

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

using Names = std::vector<std::string>;

TEST(DistinctNames, ShowAsMuchAsIsNeeded) {
  EXPECT_EQ(distinct_names({{"a/x.png"}, {"b/y.png"}}), (Names{"x.png", "y.png"}));
  EXPECT_EQ(distinct_names({{"a/x.png"}, {"b/x.png"}, {"b/y.png"}}),
            (Names{"a/x.png", "b/x.png", "y.png"}));
  EXPECT_EQ(distinct_names({{"1/good/x.png"}, {"2/good/x.png"}, {"x.png"}}),
            (Names{"1/good/x.png", "2/good/x.png", "x.png"}));
}

TEST(DistinctNames, KeepThePartsBelowAFolder) {
  EXPECT_EQ(distinct_names({{"test/good/0.png", 2}, {"test/crack/0.png", 2}, {"else/1.png", 1}}),
            (Names{"good/0.png", "crack/0.png", "1.png"}));
  EXPECT_EQ(distinct_names({{"a/good/0.png", 2}, {"b/good/0.png", 2}}),
            (Names{"a/good/0.png", "b/good/0.png"}));
}

TEST(DistinctNames, OfOneFileAreTheSame) {
  EXPECT_EQ(distinct_names({{"a/x.png"}, {"a/./x.png"}, {"a/b/../x.png"}}),
            (Names{"x.png", "x.png", "x.png"}));
  EXPECT_EQ(distinct_names({{"/x.png"}, {"x.png"}}), (Names{"/x.png", "x.png"}));
  EXPECT_EQ(distinct_names({{"../x.png"}, {"../../x.png"}}), (Names{"../x.png", "../../x.png"}));
}

TEST(InputFiles, AreThoseNamedAndThoseBelowFolders) {
  const TemporaryFolder folder;
  for (const char* file : {"t/good/0.png", "t/crack/0.png", "0.png"}) {
    std::filesystem::create_directories((folder / file).parent_path());
    write_file(folder / file, "x");
  }
  const auto files = input_files({(folder / "0.png").string(), (folder / "t").string()});
  Names names;
  for (const auto& file : files)
    names.push_back(file.name);
  EXPECT_EQ(names, (Names{"0.png", "crack/0.png", "good/0.png"}));
  EXPECT_EQ(files[1].path, folder / "t/crack/0.png");
}

TEST(InputFiles, AreTheArraysOfAFolderWithoutImages) {
  const TemporaryFolder folder;
  for (const char* file : {"a/2.npy", "a/1.NPZ", "a/notes.txt"}) {
    std::filesystem::create_directories((folder / file).parent_path());
    write_file(folder / file, "x");
  }
  const auto names = [&] {
    Names found;
    for (const auto& file : input_files({folder.path().string()}))
      found.push_back(file.name);
    return found;
  };
  EXPECT_EQ(names(), (Names{"a/1.NPZ", "a/2.npy"}));
  write_file(folder / "0.png", "x");
  EXPECT_EQ(names(), (Names{"0.png"}));
}

}  // namespace
}  // namespace latent
