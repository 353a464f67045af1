#include "format/table.h"

#include <limits>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

std::vector<Column> sample() {
  return {
      {.name = "name", .words = {"a, \"b\"", "Zürich"}, .numbers = {}},
      {.name = "age, years",
       .words = {},
       .numbers = torch::tensor({0.1, std::numeric_limits<double>::quiet_NaN()}, torch::kDouble)},
      {.name = "mean", .words = {}, .numbers = torch::tensor({{0.1F, 1e-30F}, {-2.0F, 3.0F}})}};
}

TEST(RunTable, CsvQuotesAndKeepsEveryDigit) {
  const TemporaryFolder folder;
  write_csv(folder / "t.csv", sample());
  EXPECT_EQ(read_file(folder / "t.csv"),
            "name,\"age, years\",mean_0,mean_1\r\n"
            "\"a, \"\"b\"\"\",0.1,0.1,1e-30\r\n"
            "Zürich,,-2,3\r\n");
}

TEST(RunTable, NpyIsAStructuredArray) {
  const TemporaryFolder folder;
  write_npy(folder / "t.npy", sample());
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

TEST(RunTable, NamesTheFileThatCannotBeWritten) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_csv(folder / "missing" / "t.csv", sample()), Error);
}

}  // namespace
}  // namespace latent
