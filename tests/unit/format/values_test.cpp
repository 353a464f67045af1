// What the words of a table mean.
#include "format/values.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(ParseNumber, NeedsTheWholeField) {
  EXPECT_EQ(parse_number("-1.5e3"), -1500);
  EXPECT_EQ(parse_number(" +1 "), 1);
  EXPECT_EQ(parse_number("007"), 7);
  for (const char* word : {"", " ", "1 2", "1,5", "0x10", "+-1", "nan", "inf", "1e999", "tulip"}) {
    EXPECT_FALSE(parse_number(word)) << word;
  }
}

TEST(Values, UnknownValuesHaveManySpellings) {
  for (const char* word :
       {"", "NaN", "nan", "NA", "n/a", "#N/A", "<NA>", "null", "NULL", "None", "?"})
    EXPECT_TRUE(is_unknown(word, unknown_words())) << word;
  for (const char* word : {"0", "-1", "no", "nano", "#", "<>", "Nancy"})
    EXPECT_FALSE(is_unknown(word, unknown_words())) << word;
  EXPECT_TRUE(is_unknown("Missing", {"missing"}));
  EXPECT_FALSE(is_unknown("", {"missing"}));
}

TEST(Values, YesAndNoComeInPairs) {
  EXPECT_TRUE(are_yes_or_no({"True", "FALSE"}));
  EXPECT_TRUE(are_yes_or_no({"yes", "No", "YES"}));
  EXPECT_TRUE(are_yes_or_no({"t", "F"}));
  EXPECT_TRUE(are_yes_or_no({"y", "n"}));
  EXPECT_TRUE(are_yes_or_no({"false"}));
  EXPECT_FALSE(are_yes_or_no({"F"})) << "female";
  EXPECT_FALSE(are_yes_or_no({"F", "M"}));
  EXPECT_FALSE(are_yes_or_no({"yes", "false"}));
  EXPECT_FALSE(are_yes_or_no({"yes", "no", "maybe"}));
  EXPECT_FALSE(are_yes_or_no({}));
  EXPECT_EQ(yes_or_no("TRUE"), true);
  EXPECT_EQ(yes_or_no("n"), false);
  EXPECT_EQ(yes_or_no("1"), std::nullopt);
}

}  // namespace
}  // namespace latent
