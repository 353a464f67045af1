#include "format/idx.h"

#include <zlib.h>

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/idx_files.h"

namespace latent {
namespace {

using testing_files::gzip;
using testing_files::idx_bytes;
using testing_files::idx_header;

class Idx : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& bytes) {
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }
  /// Writes the bytes and expects read_idx to throw "<file>: <message>".
  void expect_fault(const std::string& bytes, const std::string& message, int64_t dimensions = 3) {
    const auto path = write("faulty", bytes);
    expect_error([&] { read_idx(path, dimensions); }, path.string() + ": " + message);
  }

  TemporaryFolder folder_;
};

TEST_F(Idx, ReadsPlainAndGzippedFilesWhateverTheirName) {
  const std::string bytes =
      idx_bytes({2, 2, 3}, std::string("\0\1\2\3\4\5\xfa\xfb\xfc\xfd\xfe\xff", 12));
  const auto want = torch::tensor({0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255}).view({2, 2, 3});
  for (const auto& path : {write("a", bytes), write("b.gz", gzip(bytes)), write("c", gzip(bytes)),
                           write("d.gz", bytes)}) {
    const auto got = read_idx(path, 3);
    EXPECT_EQ(got.scalar_type(), at::kByte);
    expect_tensor_near(got, want, 0);
  }
  expect_tensor_near(read_idx(write("labels", idx_bytes({3}, "\1\2\3")), 1),
                     torch::tensor({1, 2, 3}), 0);
}

TEST_F(Idx, NamesAMissingFileAndAFolder) {
  expect_error([&] { read_idx(folder_ / "none", 3); },
               (folder_ / "none").string() + ": no such file");
  expect_error([&] { read_idx(folder_.path(), 3); },
               folder_.path().string() + ": not a regular file; expected an IDX file");
}

TEST_F(Idx, RefusesOtherFiles) {
  expect_fault("\x89PNG plus some more bytes",
               "not an IDX file: it begins with 89 50 4e 47; expected 00 00 08 03");
  expect_fault(std::string("\0\0\x0d\3", 4) + idx_header({1, 1, 1}).substr(4),
               "IDX values of type 0x0d; expected 0x08, unsigned bytes");
  expect_fault(idx_bytes({3}, "abc"), "IDX file of 1 dimension(s); expected 3 (images)");
  expect_fault(idx_bytes({1, 1, 1}, "a"), "IDX file of 3 dimension(s); expected 1 (labels)", 1);
  expect_fault(idx_bytes({0, 2, 3}, ""), "holds nothing: its header says 0x2x3");
}

TEST_F(Idx, RefusesFilesCutShort) {
  expect_fault("", "cut short: shorter than an IDX header of 16 bytes");
  expect_fault(idx_header({2, 2, 3}).substr(0, 9),
               "cut short: shorter than an IDX header of 16 bytes");
  // Plain: known from the file's size, before anything is allocated.
  expect_fault(idx_bytes({40, 2, 3}, "abc"),
               "cut short: its header says 40x2x3, more than the file can hold; fetch it again");
  expect_fault(gzip(idx_bytes({2, 2, 3}, "12345")),
               "cut short: its header says 2x2x3 (12 bytes), it holds 5; fetch it again");
}

TEST_F(Idx, RefusesCutOrDamagedGzipData) {
  std::string noise;
  for (unsigned i = 0, x = 1; i < 4000; ++i)
    noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  const std::string packed = gzip(idx_bytes({40, 10, 10}, noise));
  expect_fault(packed.substr(0, packed.size() / 2),
               "cut short: its gzip data have no end; fetch it again");
  // Only the checksum at the very end is missing.
  expect_fault(packed.substr(0, packed.size() - 4),
               "cut short: its gzip data have no end; fetch it again");
  std::string damaged = packed;
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  expect_fault(damaged, "damaged gzip data (incorrect data check); fetch it again");
}

TEST_F(Idx, RefusesMoreThanTheHeaderSays) {
  const std::string message = "longer than the 1x2x2 its header says; expected the end of the file";
  expect_fault(idx_bytes({1, 2, 2}, "12345"), message);
  expect_fault(gzip(idx_bytes({1, 2, 2}, std::string(50'000'000, 'x'))), message);  // 50 KB packed
}

TEST_F(Idx, AllocatesNothingForAHeaderThatLies) {
  expect_fault(
      gzip(idx_bytes({65536, 256, 256}, "x")),
      "cut short: its header says 65536x256x256, more than the file can hold; fetch it again");
  expect_fault(
      idx_header({0xffffffff, 0xffffffff, 0xffffffff}),
      "its header says 4294967295x4294967295x4294967295; expected at most 17179869184 bytes: "
      "not a sane IDX file");
}

}  // namespace
}  // namespace latent
