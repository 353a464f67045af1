// Damaged files, exhaustively: none crashes the program, and detectable damage is detected.
#include "unit/damage.h"

#include "core/system/file.h"
#include "format/idx.h"
#include "format/npy_array.h"
#include "format/npz.h"
#include "image/codecs.h"
#include "pack/pack_file.h"
#include "run/metrics.h"
#include "sets/table.h"
#include "train/checkpoint/checkpoint.h"
#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/idx_files.h"
#include "unit/image_files.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using namespace testing_files;
namespace fs = std::filesystem;

std::string bytes_of(const Tensor& tensor) {
  const Tensor whole = tensor.contiguous();
  std::string text = c10::str(whole.scalar_type(), whole.sizes());
  return text.append(static_cast<const char*>(whole.const_data_ptr()), whole.nbytes());
}

std::string noise(size_t bytes) {
  std::string text;
  for (uint32_t i = 0, x = 1; i < bytes; ++i)
    text += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  return text;
}

// A format with a checksum over everything: damaged files are refused.
void expect_all_refused(const Damage& damage) {
  for (const Tally& tally : {damage.cuts, damage.flips}) {
    EXPECT_GT(tally.tried, 0);
    EXPECT_EQ(tally.refused, tally.tried);
  }
}

// A format with a checksum over its content: files are refused or read as they were written.
void expect_nothing_else_read(const Damage& damage) {
  EXPECT_EQ(damage.cuts.refused, damage.cuts.tried);
  EXPECT_EQ(damage.flips.other, 0);
  EXPECT_GT(damage.flips.refused, 0);
}

// A format without checksums: a missing end is detected, a wrong bit among the values is not.
void expect_cuts_refused(const Damage& damage) {
  EXPECT_EQ(damage.cuts.refused, damage.cuts.tried);
}

TEST(Damage, IsDetectedInCheckpoints) {
  const Experiment plan = experiment(R"({
    "data": {"name": "shapes", "size": [8, 8]},
    "model": {"encoder": {"name": "dense", "hidden": [12]}, "latent_dim": 2}})");
  const auto model = plan.model.make({3, 8, 8}, {3, 8, 8}, 0);
  const auto objective = plan.objective.make(*model, 0, 0);
  TensorFile file;
  store_model(*model, *objective, {}, file);
  const auto weights = file.tensors;
  for (const auto& [name, tensor] : weights) {
    for (const char* moment : {".exp_avg", ".exp_avg_sq"})
      file.tensors["optimizer." + name + moment] = normal(tensor.sizes());
  }
  file.metadata["config"] = "{\"train\": {\"epochs\": 3}}";
  const TemporaryFolder folder;
  write_tensors(folder / "last.safetensors", file);
  expect_all_refused(damage_everywhere("checkpoint", read_file(folder / "last.safetensors"),
                                       [](const fs::path& path) {
                                         std::string text;
                                         const TensorFile got = read_tensors(path);
                                         for (const auto& [name, tensor] : got.tensors)
                                           text += name + bytes_of(tensor);
                                         for (const auto& [key, value] : got.metadata)
                                           text += key + value;
                                         return text;
                                       }));
}

TEST(Damage, IsDetectedInPacks) {
  const TemporaryFolder folder;
  const std::string key("a key\0of bytes", 14);
  PackWriter writer(folder / "p");
  const std::string pixels = noise(size_t{30} * 24 * 24 * 3);
  writer.add(reinterpret_cast<const uint8_t*>(pixels.data()), pixels.size());
  writer.finish(key, {3, 24, 24}, {{3, "image 3: damaged"}, {7, "image 7: empty"}});
  expect_all_refused(damage_everywhere("pack", read_file(folder / "p"), [&](const fs::path& path) {
    const PackContent content = map_pack(path, key);
    return bytes_of(content.pixels) + content.unreadable.at(1).reason;
  }));
}

TEST(Damage, IsDetectedInIdxFiles) {
  const auto read = [](const fs::path& path) { return bytes_of(read_idx(path, 3)); };
  const std::string plain = idx_bytes({40, 6, 4}, noise(960));
  const Damage damage = damage_everywhere("IDX", plain, read);
  expect_cuts_refused(damage);
  EXPECT_EQ(damage.flips.other, 8 * 960);  // the pixels; all of the header is checked
  expect_nothing_else_read(damage_everywhere("IDX, gzipped", gzip(plain), read));
}

TEST(Damage, IsDetectedInNpyFiles) {
  const auto read = [](const fs::path& path) {
    NpyArray array([=] { return open_stream(path); });
    return bytes_of(array.rows(0, array.count()));
  };
  for (const char* type : {"|u1", "<f4", "<i8"}) {
    const auto width = static_cast<size_t>(type[2] - '0');
    const auto bytes = npy_bytes(type, "(7, 5, 3)", noise(105 * width));
    expect_cuts_refused(damage_everywhere(std::string("NPY of ") + type, bytes, read));
  }
}

TEST(Damage, IsDetectedInNpzFiles) {
  const TemporaryFolder folder;
  const auto read = [](const fs::path& path) {
    const NpzArchive archive(path);
    NpyArray array([&] { return archive.open("imgs"); });
    return bytes_of(array.rows(0, array.count()));
  };
  const std::string array = npy_bytes("|u1", "(8, 9, 10)", noise(720));
  for (const int method : {ZIP_CM_DEFLATE, ZIP_CM_STORE}) {
    write_zip(folder / "a.npz", {{"imgs.npy", array}, {"labels.npy", array}}, method);
    expect_nothing_else_read(damage_everywhere(method == ZIP_CM_STORE ? "NPZ" : "NPZ, packed",
                                               read_file(folder / "a.npz"), read));
  }
}

TEST(Damage, IsDetectedInTables) {
  std::string csv = "\xef\xbb\xbfname,\"x, y\",z\r\n";
  for (int row = 0; row < 12; ++row)
    csv += "\"a \"\"" + std::to_string(row) + "\"\"\"," + std::to_string(row * 0.37) + ",-1e3\n";
  const Damage damage = damage_everywhere("CSV", csv, [](const fs::path& path) {
    TableFormat format;
    format.label = "name";
    const Table table = read_table(path, format);
    return bytes_of(table.values) + table.labels.front();
  });
  EXPECT_GT(damage.cuts.refused + damage.flips.refused, 0);  // plain text has few rules
  std::string metrics = "epoch,step,val_loss\n";
  for (int row = 1; row < 12; ++row)
    metrics += std::to_string(row) + ",10,0.5\n";
  damage_everywhere("metrics.csv", metrics, [](const fs::path& path) {
    return std::to_string(read_metrics(path).column("val_loss").size());
  });
}

class DamagedImages : public testing::Test {
 protected:
  /// Without codecs only the header can be read.
  static Damage damage(const std::string& name, const std::string& bytes) {
    const bool decodes = have_codecs();
    return damage_everywhere(name, bytes, [=](const fs::path& path) {
      const EncodedImage image = read_encoded(path);
      if (!decodes) return std::to_string(image.width()) + "x" + std::to_string(image.height());
      const Picture picture = decode(image, 3);
      return std::to_string(picture.width) + "x" +
             std::string(picture.pixels.begin(), picture.pixels.end());
    });
  }
};

TEST_F(DamagedImages, AreRefusedByTheirChecksums) {
  expect_nothing_else_read(damage("PNG", png(7, 3, 8, 2, {noise(21), noise(21), noise(21)})));
  const std::string colours = png_chunk("PLTE", noise(48)) + png_chunk("eXIf", exif(6));
  expect_nothing_else_read(damage("PNG of a palette", png(4, 2, 4, 3, {"ab", "cd"}, colours)));
}

TEST_F(DamagedImages, AreRefusedIfCutShort) {
  expect_cuts_refused(damage("JPEG", jpeg(6)));
  expect_cuts_refused(damage("JPEG, progressive", progressive_jpeg()));
  expect_cuts_refused(damage("WebP", webp()));
  expect_cuts_refused(damage("BMP", bmp32(3, 5, noise(60), true)));
  expect_cuts_refused(damage("TIFF", tiff(5, 6, 16, noise(60))));
}

}  // namespace
}  // namespace latent
