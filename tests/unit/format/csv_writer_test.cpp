#include "format/table.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/sample_table.h"

namespace latent {
namespace {

TEST(CsvWriter, QuotesAndKeepsEveryDigit) {
  const TemporaryFolder folder;
  write_csv(folder / "t.csv", sample_table());
  EXPECT_EQ(read_file(folder / "t.csv"),
            "name,\"age, years\",mean_0,mean_1\r\n"
            "\"a, \"\"b\"\"\",0.1,0.1,1e-30\r\n"
            "Zürich,,-2,3\r\n");
}

TEST(CsvWriter, NamesTheFileThatCannotBeWritten) {
  const TemporaryFolder folder;
  EXPECT_THROW(write_csv(folder / "missing" / "t.csv", sample_table()), Error);
}

}  // namespace
}  // namespace latent
