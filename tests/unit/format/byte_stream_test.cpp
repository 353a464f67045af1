#include "format/byte_stream.h"

#include <string>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

TEST(ByteStream, ReadsAFileInOrder) {
  const TemporaryFolder folder;
  write_file(folder / "x", "abcdef");
  const auto stream = open_stream(folder / "x");
  EXPECT_EQ(stream->name(), (folder / "x").string());
  EXPECT_EQ(stream->size(), 6);
  char bytes[8] = {};
  EXPECT_EQ(stream->read(bytes, 4), 4);
  EXPECT_EQ(std::string(bytes, 4), "abcd");
  EXPECT_EQ(stream->read(bytes, 4), 2);
  EXPECT_EQ(std::string(bytes, 2), "ef");
  EXPECT_EQ(stream->read(bytes, 4), 0);
}

TEST(ByteStream, NamesAMissingFile) {
  const TemporaryFolder folder;
  expect_error([&] { open_stream(folder / "x"); }, (folder / "x").string() + ": no such file");
}

}  // namespace
}  // namespace latent
