// Tables as spreadsheets and scripts write them, and files that are not tables.
#include "format/csv.h"

#include "core/system/file.h"
#include "unit/expect.h"

namespace latent {
namespace {

using Records = std::vector<std::vector<std::string>>;

class Csv : public testing::Test {
 protected:
  Records records(const std::string& text) {
    write_file(path_, text);
    CsvReader reader(path_);
    Records all;
    for (std::vector<std::string> fields; reader.next(fields);)
      all.push_back(fields);
    return all;
  }
  std::vector<std::string> header(const std::string& text) {
    write_file(path_, text);
    return CsvReader(path_).read_header();
  }
  void expect_fault(const std::string& text, const std::string& message) {
    expect_error([&] { records(text); }, path_.string() + ": " + message);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "labels.csv";
};

TEST_F(Csv, CommasSeparateFields) {
  EXPECT_EQ(records("a,b\n1,2\n3,"), (Records{{"a", "b"}, {"1", "2"}, {"3", ""}}));
  EXPECT_EQ(records(""), Records{});
  EXPECT_EQ(records("a"), Records{{"a"}});
  EXPECT_EQ(records(" a , b\n"), (Records{{" a ", " b"}}));
}

TEST_F(Csv, QuotesHoldCommasQuotesAndNewlines) {
  EXPECT_EQ(records("\"a, b\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n"),
            (Records{{"a, b", "say \"hi\""}, {"two\nlines", ""}}));
  EXPECT_EQ(records("5\" disk,b\n"), (Records{{"5\" disk", "b"}}));
}

TEST_F(Csv, ReadsEveryLineEndAndAByteOrderMark) {
  EXPECT_EQ(records("\xef\xbb\xbf"
                    "a,b\r\n1,2\r\n\r\n3,4\r"
                    "5,6"),
            (Records{{"a", "b"}, {"1", "2"}, {"3", "4"}, {"5", "6"}}));
  EXPECT_EQ(records("\n\n\na,b\n\n"), (Records{{"a", "b"}}));
}

TEST_F(Csv, FaultsNameTheLine) {
  expect_fault("a,b\n\"x\ny\",2\n3\n", "line 4: 1 fields; expected 2 as in the first line");
  expect_fault("a,b\n1,2,3\n", "line 2: 3 fields; expected 2 as in the first line");
  expect_fault("a\n\"b\nc\nd\n", "line 2: a quote is not closed");
  expect_fault("\"a\"b,c\n",
               "line 1: text after a closing quote; expected a comma (a quote within quotes is "
               "doubled)");
  expect_fault(std::string("\xff\xfe\x61\0,\0", 6), "line 1: a zero byte; expected UTF-8 text");
  expect_fault("\"" + std::string(2 << 20, 'x'),
               "line 1: a field of more than 1 MB; is a quote not closed?");
  expect_fault(std::string(2 << 20, 'x'), "line 1: a field of more than 1 MB; expected a table");
  expect_fault(std::string(1 << 17, ','), "line 1: more than 65536 fields; expected a table");
  expect_error([&] { CsvReader(folder_ / "none.csv"); },
               (folder_ / "none.csv").string() + ": no such file");
  expect_error([&] { CsvReader(folder_.path()); },
               folder_.path().string() + ": is a folder; expected a file");
}

TEST_F(Csv, HeadersMustNameEachColumnOnce) {
  EXPECT_EQ(header("file,Smiling\n"), (std::vector<std::string>{"file", "Smiling"}));
  const std::string file = path_.string();
  expect_error([&] { header(""); }, file + ": empty; expected a line of column names");
  expect_error([&] { header("a,b,a\n"); }, file + ": line 1: two columns are called \"a\"");
  expect_error([&] { header("a,,b\n"); },
               file + ": line 1: a column has no name; expected a line of column names");
}

TEST(ParseNumber, NeedsTheWholeField) {
  EXPECT_EQ(parse_number("-1.5e3"), -1500);
  EXPECT_EQ(parse_number(" +1 "), 1);
  EXPECT_EQ(parse_number("007"), 7);
  for (const char* word : {"", " ", "1 2", "1,5", "0x10", "+-1", "nan", "inf", "1e999", "tulip"}) {
    EXPECT_FALSE(parse_number(word)) << word;
  }
}

}  // namespace
}  // namespace latent
