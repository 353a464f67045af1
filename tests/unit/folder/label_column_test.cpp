// What the values of a column mean, and which are unknown.
#include "folder/label_column.h"

#include "folder/labels.h"
#include "format/values.h"
#include "unit/expect.h"

namespace latent {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

LabelColumn column(const std::vector<std::string>& words) {
  static const std::vector<std::string> unknown = CsvLabelOptions::default_unknown();
  LabelColumn made("c", words.size(), unknown);
  for (size_t i = 0; i < words.size(); ++i)
    made.set(i, words[i]);
  return made;
}

void expect_values(const std::vector<std::string>& words, const std::vector<double>& want,
                   const std::vector<std::string>& classes = {}) {
  const auto attribute = column(words).attribute();
  ASSERT_TRUE(attribute.has_value());
  expect_tensor_near(attribute->values, torch::tensor(want, torch::kDouble), 0);
  EXPECT_EQ(attribute->classes, classes);
}

TEST(LabelColumn, NumbersStayNumbersWhenSomeAreMissing) {
  expect_values({"20.5", "", "31", "NaN", "?"}, {20.5, kUnknown, 31, kUnknown, kUnknown});
  EXPECT_EQ(column({"20.5", "", "31", "NaN", "?"}).unknown_text(), "3 of c (\"\", \"?\", \"NaN\")");
  EXPECT_EQ(column({"20.5", "31"}).unknown_text(), "");
}

TEST(LabelColumn, YesAndNo) {
  expect_values({"True", "False", "", "true"}, {1, 0, kUnknown, 1});
  expect_values({"no", "YES"}, {0, 1});
  expect_values({"1", "0", "NA"}, {1, 0, kUnknown});
  expect_values({"1", "-1", "", "+1"}, {1, 0, kUnknown, 1});
  expect_values({"F", "M"}, {0, 1}, {"F", "M"});
}

TEST(LabelColumn, MinusOneIsUnknownBesideZeroAndOne) {
  expect_values({"1", "0", "-1", "-1"}, {1, 0, kUnknown, kUnknown});
  expect_values({"1.0", "0.0", "-1.0", ""}, {1, 0, kUnknown, kUnknown});
  EXPECT_EQ(column({"1", "0", "-1", ""}).unknown_text(), "2 of c (\"\", \"-1\" beside 0 and 1)");
  expect_values({"2", "0", "-1"}, {2, 1, 0}, {"-1", "0", "2"});
  expect_values({"0", "-1", "0"}, {1, 0, 1}, {"-1", "0"});
  LabelColumn told("c", 3, unknown_words());
  told.set(0, "1");
  told.set(1, "0");
  told.set(2, "-1");
  EXPECT_EQ(told.attribute()->classes, (std::vector<std::string>{"-1", "0", "1"}));
}

TEST(LabelColumn, ClassesLeaveOutUnknownWords) {
  expect_values({"tulip", "", "rose", "null", "tulip"}, {1, kUnknown, 0, kUnknown, 1},
                {"rose", "tulip"});
  expect_values({"10", "9", "", "2"}, {2, 1, kUnknown, 0}, {"2", "9", "10"});
}

TEST(LabelColumn, ImagesThatAreNotSetAreUnknown) {
  LabelColumn some("c", 3, unknown_words());
  some.set(1, "4.5");
  expect_tensor_near(some.attribute()->values,
                     torch::tensor({kUnknown, 4.5, kUnknown}, torch::kDouble), 0);
}

TEST(LabelColumn, WithoutKnownValuesThereIsNoAttribute) {
  const LabelColumn nothing = column({"", "nan"});
  EXPECT_FALSE(nothing.attribute().has_value());
  EXPECT_EQ(nothing.why_skipped(), "column c is skipped: no value is known");
}

}  // namespace
}  // namespace latent
