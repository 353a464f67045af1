#include "space/expression.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/expect.h"

namespace latent::space {
namespace {

std::string written(const std::string& text) {
  std::string all;
  for (const auto& term : parse_expression(text))
    all += term.text + " (" + std::to_string(term.factor).substr(0, 4) + " " + term.name + ") ";
  return all;
}

TEST(Expression, IsASumOfLetters) {
  EXPECT_EQ(written("A - B + C"), "A (1.00 A) - B (-1.0 B) + C (1.00 C) ");
  EXPECT_EQ(written(" -A+2*b - 0.5 A "), "- A (-1.0 A) + 2*b (2.00 b) - 0.5*A (-0.5 A) ");
}

TEST(Expression, PointsAtTheMistake) {
  const std::string example = "; for example \"A - B + C\"";
  expect_error([] { parse_expression("A - * B"); },
               "at character 5, \"* B\": expected a letter or a number" + example);
  expect_error([] { parse_expression("A +"); },
               "at character 4, the end: expected a letter or a number" + example);
  expect_error([] { parse_expression(""); },
               "at character 1, the end: expected a letter or a number" + example);
  expect_error([] { parse_expression("A B"); }, "at character 3, \"B\": expected + or -" + example);
  expect_error([] { parse_expression("AB"); },
               "at character 2, \"B\": expected one letter for each image" + example);
  expect_error([] { parse_expression("A + 2*"); },
               "at character 7, the end: expected a letter" + example);
}

}  // namespace
}  // namespace latent::space
