// How a table is written, seen from its beginning.
#include "format/csv_dialect.h"

#include "unit/expect.h"

namespace latent {
namespace {

CsvDialect dialect(const std::string& sample) { return find_dialect("x.csv", sample, true); }

TEST(CsvDialect, TheFirstLineShowsTheSeparator) {
  EXPECT_EQ(dialect("a,b\n1,2\n").separator, ',');
  EXPECT_EQ(dialect("a;b\n1;2\n").separator, ';');
  EXPECT_EQ(dialect("a\tb\n1\t2\n").separator, '\t');
  EXPECT_EQ(dialect("a|b\n1|2\n").separator, '|');
  EXPECT_EQ(dialect("a\n1\n").separator, ',');
  EXPECT_EQ(dialect("").separator, ',');
  // A bar, semicolons and tabs in the fields of a comma's file.
  EXPECT_EQ(dialect("file,findings\na.png,x|y\nb.png,z\n").separator, ',');
  EXPECT_EQ(dialect("file,a;b\na.png,x;y\nb.png,z\n").separator, ',');
  EXPECT_EQ(dialect("a,\tb,\tc\n1,\t2,\t3\n").separator, ',');
  // Commas in the fields of others.
  EXPECT_EQ(dialect("file\tred, mostly\na.png\tyes\n").separator, '\t');
  EXPECT_EQ(dialect("\"a,b\";c\n1;2\n").separator, ';');
}

TEST(CsvDialect, OfTwoThatFitTheOneWithMoreNumbersIsTaken) {
  EXPECT_EQ(dialect("1,5;2,5\n3,5;4,5\n").separator, ';');
  const CsvDialect equal = dialect("a;b,c\nx;y,z\n");
  EXPECT_EQ(equal.separator, ',');
  EXPECT_EQ(equal.notices,
            (std::vector<std::string>{"fields are separated by commas; semicolons would fit too"}));
  EXPECT_EQ(find_dialect("x.tsv", "a,b\tc\nx,y\tz\n", true).separator, '\t');
  EXPECT_TRUE(dialect("a,b\n1,2\n").notices.empty());
}

TEST(CsvDialect, DecimalCommasMustBeSure) {
  const CsvDialect sure = dialect("x;y\n1,5;2\n1,500;3\n");
  EXPECT_TRUE(sure.decimal_comma);
  EXPECT_EQ(sure.notices, (std::vector<std::string>{"commas are decimal: \"1,5\""}));
  EXPECT_TRUE(dialect("x;y\n0,500;2\n").decimal_comma);
  EXPECT_TRUE(dialect("x\ty\n1500,250\t2\n").decimal_comma);
  EXPECT_FALSE(dialect("x;y\n1,5;2.5\n").decimal_comma);
  EXPECT_FALSE(dialect("x,y\n\"1,5\",2\n").decimal_comma);
  const CsvDialect unsure = dialect("x;y\n1,500;2\n12,250;3\n");
  EXPECT_FALSE(unsure.decimal_comma);
  EXPECT_EQ(unsure.notices, (std::vector<std::string>{
                                "\"1,500\" may have a decimal comma or thousands, and stays a "
                                "word; write numbers with a decimal point"}));
}

TEST(CsvDialect, RowNumbersStandAtTheLeft) {
  EXPECT_EQ(dialect(",file\n0,a.png\n1,b.png\n").index_columns, 1u);
  EXPECT_EQ(dialect("Unnamed: 0,file\n4,a.png\n").index_columns, 1u);
  EXPECT_EQ(dialect(",Unnamed: 0,file\n0,3,a.png\n").index_columns, 2u);
  EXPECT_EQ(dialect(",0,1,2\n0,0.5,1.5,2.5\n").index_columns, 1u);
  EXPECT_EQ(dialect("id,file\n0,a.png\n").index_columns, 0u) << "it has a name";
  EXPECT_EQ(dialect(",file\nx,a.png\n").index_columns, 0u) << "words number no rows";
  EXPECT_EQ(dialect(",2.5,3\n4,5,6\n").index_columns, 0u) << "a line of numbers is no header";
  EXPECT_EQ(dialect(",file\n").index_columns, 0u) << "no rows";
}

TEST(CsvDialect, NamesColumns) {
  EXPECT_TRUE(names_columns({"a", "b"}));
  EXPECT_TRUE(names_columns({"0", "1", "2"}));
  EXPECT_FALSE(names_columns({"0", "1"})) << "as likely a row of values";
  EXPECT_FALSE(names_columns({"a", "1"}));
  EXPECT_FALSE(names_columns({"1", "2", "3"}));
}

}  // namespace
}  // namespace latent
