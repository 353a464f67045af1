// Which data set recognises which file or folder.
#include "data/recognise.h"

#include <map>
#include <nlohmann/json.hpp>

#include "analysis/suggested_config.h"
#include "unit/image_folder.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

class Recognise : public ImageFolderTest {
 protected:
  // Paths are recognised by names alone.
  void SetUp() override {
    add("idx/train-images-idx3-ubyte.gz", "");
    add("idx/t10k-images-idx3-ubyte", "");
    add("celeba/img_align_celeba/000001.jpg", "");
    add("cifar10/cifar-10-batches-bin/data_batch_1.bin", "");
    add("photos/cat.png", "");
    for (const char* file : {"x.npy", "x.npz", "x.csv"})
      add(file, "");
  }

  // A path for each data set that recognises one.
  std::map<std::string, fs::path> examples_ = {
      {"idx", folder_ / "idx"},         {"celeba", folder_ / "celeba"},
      {"cifar10", folder_ / "cifar10"}, {"folder", folder_ / "photos"},
      {"npy", folder_ / "x.npy"},       {"npz", folder_ / "x.npz"},
      {"table", folder_ / "x.csv"}};
};

TEST_F(Recognise, EachSetReadsTheSectionOfItsExample) {
  size_t recognising = 0;
  for (const DatasetRow& row : datasets().rows()) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(row.recognise != nullptr, examples_.contains(row.name));
    if (row.recognise == nullptr || !examples_.contains(row.name)) continue;
    const auto data = row.recognise(examples_[row.name]);
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(data->at("name"), row.name);
    Config config = Config::parse(Json{{"data", *data}}.dump(), "recognised");
    EXPECT_NO_THROW({
      configure_dataset(config.root().section("data"));
      config.check_all_read();
    });
    ++recognising;
  }
  EXPECT_EQ(recognising, examples_.size());
}

TEST_F(Recognise, NoOtherSetTakesAnExampleFirst) {
  for (const auto& [name, path] : examples_) {
    EXPECT_EQ(suggested_data(path).at("name"), name);
    for (const DatasetRow& row : datasets().rows()) {
      const bool any_folder = row.name == "folder" && fs::is_directory(path);
      if (row.recognise == nullptr || row.name == name || any_folder) continue;
      EXPECT_FALSE(row.recognise(path).has_value()) << row.name << " takes " << path;
    }
  }
}

TEST_F(Recognise, FolderIsAskedLast) {
  EXPECT_EQ(datasets().rows().back().name, "folder");
  add("idx/preview.png", "");
  EXPECT_EQ(suggested_data(folder_ / "idx").at("name"), "idx");
}

TEST_F(Recognise, AFolderNamedLikeAFileIsAFolder) {
  add("photos.npy/cat.png", "");
  EXPECT_EQ(suggested_data(folder_ / "photos.npy").at("name"), "folder");
}

}  // namespace
}  // namespace latent
