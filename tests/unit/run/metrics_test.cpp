#include "run/metrics.h"

#include <cmath>
#include <limits>

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

class Metrics : public testing::Test {
 protected:
  MetricsTable read(const std::string& text) const {
    write_file(path_, text);
    return read_metrics(path_);
  }
  void expect_damaged(const std::string& text, int line) const {
    expect_error([&] { read(text); }, path_.string() + ": line " + std::to_string(line) +
                                          " is damaged; expected 3 numbers");
  }

  TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_ / "metrics.csv";
};

TEST_F(Metrics, ReadsBackExactlyWhatItWrote) {
  const MetricsTable table{.columns = {"epoch", "loss", "kl"},
                           .rows = {{1, 1.0 / 3, 1e-300},
                                    {2, 123456789.123456789, -0.1},
                                    {3, std::numeric_limits<double>::infinity(), 5e-324}}};
  write_metrics(path_, table);
  const MetricsTable back = read_metrics(path_);
  EXPECT_EQ(back.columns, table.columns);
  EXPECT_EQ(back.rows, table.rows);
  EXPECT_EQ(back.column("loss")[0], 1.0 / 3);
  EXPECT_TRUE(read_file(path_).starts_with("epoch,loss,kl\n1,0.3333333333333333,1e-300\n"));
  expect_error([&] { back.column("los"); }, "metrics.csv: no column \"los\"");
  EXPECT_EQ(parse_metrics(metrics_text(table), "here").rows, table.rows);
  expect_error([] { parse_metrics("a,b\n1\n", "here"); },
               "here: line 2 is damaged; expected 2 numbers");
}

TEST_F(Metrics, ReadsNaN) { EXPECT_TRUE(std::isnan(read("a,b,c\n1,nan,3\n").rows[0][1])); }

TEST_F(Metrics, NamesTheDamagedLine) {
  EXPECT_EQ(read("a,b,c\n1,2,3\n").rows.size(), 1u);
  EXPECT_EQ(read("a,b,c\n").rows.size(), 0u);
  expect_damaged("a,b,c\n1,2\n", 2);
  expect_damaged("a,b,c\n1,2,3,4\n", 2);
  expect_damaged("a,b,c\n1,2,3\n4,x,6\n", 3);
  expect_damaged("a,b,c\n1,2,3x\n", 2);
  expect_damaged("a,b,c\n1,,3\n", 2);
  expect_damaged("a,b,c\nx,1,2,3\n", 2);  // as many numbers as columns, and a word
  expect_damaged("a,b,c\n1,2,3\n\n", 3);
}

}  // namespace
}  // namespace latent
