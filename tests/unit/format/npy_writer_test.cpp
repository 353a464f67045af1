#include <cstring>

#include "core/system/file.h"
#include "format/table.h"
#include "unit/expect.h"
#include "unit/sample_table.h"

namespace latent {
namespace {

TEST(NpyWriter, WritesAStructuredArray) {
  const TemporaryFolder folder;
  write_npy(folder / "t.npy", sample_table());
  const std::string bytes = read_file(folder / "t.npy");
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x03\x00", 8));
  const size_t data = bytes.find('\n') + 1;
  EXPECT_EQ(data % 64, 0);
  EXPECT_EQ(bytes.substr(12, bytes.find('}') - 11),
            "{'descr': [('name', '<U6'), ('age, years', '<f8'), ('mean', '<f4', (2,)), ], "
            "'fortran_order': False, 'shape': (2,), }");
  ASSERT_EQ(bytes.size(), data + 2 * (24 + 8 + 8));
  EXPECT_EQ(bytes.substr(data + 40, 8), std::string("Z\0\0\0\xfc\0\0\0", 8));
  float last = 0;
  std::memcpy(&last, bytes.data() + bytes.size() - 4, 4);
  EXPECT_EQ(last, 3.0F);
}

TEST(NpyWriter, WritesWholeNumbersOfAnyShape) {
  const TemporaryFolder folder;
  write_npy_integers(folder / "t.npy", torch::tensor({1, 2, 3, 258}, at::kLong).view({2, 1, 2}));
  const std::string bytes = read_file(folder / "t.npy");
  const size_t data = bytes.find('\n') + 1;
  EXPECT_EQ(data % 64, 0);
  EXPECT_EQ(bytes.substr(12, bytes.find('}') - 11),
            "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1, 2, ), }");
  ASSERT_EQ(bytes.size(), data + 16);
  EXPECT_EQ(bytes.substr(data + 12), std::string("\x02\x01\0\0", 4));
}

}  // namespace
}  // namespace latent
