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
  EXPECT_EQ(records(" a , b\t\n ,  \n"), (Records{{"a", "b"}, {"", ""}}));
}

TEST_F(Csv, QuotesHoldCommasQuotesAndNewlines) {
  EXPECT_EQ(records("\"a, b\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n"),
            (Records{{"a, b", "say \"hi\""}, {"two\nlines", ""}}));
  EXPECT_EQ(records("5\" disk,b\n"), (Records{{"5\" disk", "b"}}));
  EXPECT_EQ(records("a, \" b, c\" ,d\n"), (Records{{"a", " b, c", "d"}}));
}

TEST_F(Csv, ReadsEveryLineEndAndAByteOrderMark) {
  EXPECT_EQ(records("\xef\xbb\xbf"
                    "a,b\r\n1,2\r\n\r\n3,4\r"
                    "5,6"),
            (Records{{"a", "b"}, {"1", "2"}, {"3", "4"}, {"5", "6"}}));
  EXPECT_EQ(records("\n\n\na,b\n\n"), (Records{{"a", "b"}}));
}

TEST_F(Csv, SemicolonsTabsAndBarsSeparateFieldsToo) {
  EXPECT_EQ(records("a;b\n1;2\n"), (Records{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(records("a\tb\n 1\t\n"), (Records{{"a", "b"}, {"1", ""}}));
  EXPECT_EQ(records("a|b\n1|\"2|3\"\n"), (Records{{"a", "b"}, {"1", "2|3"}}));
  EXPECT_EQ(records("sep=;\r\na;b\r\n1;2,x\r\n"), (Records{{"a", "b"}, {"1", "2,x"}}));
}

TEST_F(Csv, Utf16IsConverted) {
  // "a,\u00e5" and "\U0001f989,b": one letter of two bytes, one of two units.
  const std::string little(
      "\xff\xfe"
      "a\0,\0\xe5\0\n\0\x3e\xd8\x89\xdd,\0b\0",
      18);
  EXPECT_EQ(records(little), (Records{{"a", "\xc3\xa5"}, {"\xf0\x9f\xa6\x89", "b"}}));
  std::string big = little;
  for (size_t i = 0; i < big.size(); i += 2)
    std::swap(big[i], big[i + 1]);
  EXPECT_EQ(records(big), records(little));
  write_file(path_, little);
  EXPECT_EQ(CsvReader(path_).notices(),
            (std::vector<std::string>{path_.string() + ": UTF-16 text, converted"}));
}

TEST_F(Csv, ColumnsThatNumberTheRowsAreLeftOut) {
  EXPECT_EQ(records(",file,x\n0,a.png,5\n1,b.png,6\n"),
            (Records{{"file", "x"}, {"a.png", "5"}, {"b.png", "6"}}));
  EXPECT_EQ(header(",file\n7,a.png\n"), (std::vector<std::string>{"file"}));
  EXPECT_EQ(CsvReader(path_).notices(),
            (std::vector<std::string>{
                path_.string() +
                ": the first column, which numbers the rows and has no name, is left out"}));
}

TEST_F(Csv, DecimalCommasBecomePoints) {
  EXPECT_EQ(records("x;y\n1,5;a,b\n-0,25e3;2\n"),
            (Records{{"x", "y"}, {"1.5", "a,b"}, {"-0.25e3", "2"}}));
}

TEST_F(Csv, LinesLongerThanTheSampleAreRead) {
  const std::string long_field(size_t{1} << 17, 'x');
  EXPECT_EQ(records(long_field + ";b\n1;2\n"), (Records{{long_field, "b"}, {"1", "2"}}));
}

TEST_F(Csv, FaultsNameTheLine) {
  expect_fault("a,b\n\"x\ny\",2\n3\n", "line 4: 1 fields; expected 2 as in the first line");
  expect_fault("a,b\n1,2,3\n", "line 2: 3 fields; expected 2 as in the first line");
  expect_fault("a\n\"b\nc\nd\n", "line 2: a quote is not closed");
  expect_fault("\"a\"b,c\n",
               "line 1: text after a closing quote; expected a comma (a quote within quotes is "
               "doubled)");
  expect_fault(std::string("a,b\nc\0,d", 8),
               "line 2: a zero byte; expected UTF-8 text (a workbook must be saved as CSV), or "
               "UTF-16 text that begins with a byte order mark");
  expect_fault("a;b\n1;2;3\n",
               "line 2: 3 fields; expected 2 as in the first line, separated by semicolons");
  expect_fault("a;\"b\"c\n",
               "line 1: text after a closing quote; expected a semicolon (a quote within quotes is "
               "doubled)");
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

}  // namespace
}  // namespace latent
