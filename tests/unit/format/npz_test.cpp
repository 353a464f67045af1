#include "format/npz.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/npy_files.h"

namespace latent {
namespace {

using testing_files::write_zip;

class Npz : public testing::Test {
 protected:
  static std::string text(ByteStream& stream) {
    std::string bytes(static_cast<size_t>(stream.size()), '\0');
    EXPECT_EQ(stream.read(bytes.data(), stream.size()), stream.size());
    return bytes;
  }
  std::string file() { return path_.string(); }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "x.npz";
};

TEST_F(Npz, OpensStoredAndDeflatedArrays) {
  for (const int method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    write_zip(path_, {{"b.npy", std::string(5000, 'b')}, {"notes.txt", "x"}, {"a.npy", "aa"}},
              method);
    const NpzArchive archive(path_);
    EXPECT_EQ(archive.arrays(), (std::vector<std::string>{"b", "a"}));
    const auto stream = archive.open("b");
    EXPECT_EQ(stream->name(), file() + ": b");
    EXPECT_EQ(text(*stream), std::string(5000, 'b'));
    EXPECT_EQ(text(*archive.open("a")), "aa");  // while the other is open
  }
}

TEST_F(Npz, NamesWhatIsWrong) {
  expect_error([&] { NpzArchive archive(path_); }, file() + ": no such file");
  write_file(path_, "not a zip");
  expect_error(
      [&] { NpzArchive archive(path_); },
      file() + ": not an NPZ archive (Not a zip archive); expected what numpy.savez writes");
  write_zip(path_, {{"imgs.npy", "x"}});
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 10);
  expect_error([&] { NpzArchive archive(path_); },
               file() +
                   ": damaged or cut short: the list of its arrays, at its end, cannot be read; "
                   "copy or save it again");
  write_zip(path_, {{"notes.txt", "x"}});
  expect_error([&] { NpzArchive archive(path_); },
               file() + ": holds no array; expected what numpy.savez writes");
  write_zip(path_, {{"imgs.npy", "x"}, {"labels.npy", "y"}});
  expect_error([&] { NpzArchive(path_).open("img"); },
               file() + ": no array \"img\"; did you mean imgs? known: imgs, labels");
  write_zip(path_, {{"imgs.npy", std::string(100, 'x')}}, ZIP_CM_BZIP2);
  expect_error(
      [&] { NpzArchive(path_).open("imgs"); },
      file() + ": imgs: packed by method 12; expected stored or deflated, as NumPy writes");
}

TEST_F(Npz, ChecksTheSumAndTheSizes) {
  write_zip(path_, {{"a.npy", "0123456789"}}, ZIP_CM_STORE);
  std::string bytes = read_file(path_);
  std::string changed = bytes;
  changed[changed.find("0123") + 2] = 'x';
  write_file(path_, changed);
  expect_error([&] { text(*NpzArchive(path_).open("a")); },
               file() + ": a: damaged (CRC error); save or fetch it again");
  // The directory's size of the array, 24 bytes from the entry's start, made a gigabyte.
  changed = bytes;
  changed[changed.find("PK\1\2") + 24 + 3] = '\x40';
  write_file(path_, changed);
  expect_error([&] { NpzArchive(path_).open("a"); },
               file() +
                   ": a: claims 1073741834 bytes, more than its 10 can hold; save or fetch it "
                   "again");
}

}  // namespace
}  // namespace latent
