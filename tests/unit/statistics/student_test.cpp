#include "statistics/student.h"

#include "unit/expect.h"

namespace latent::statistics {
namespace {

// With 1, 2 and 3 degrees of freedom the distribution has a closed form.
TEST(Student, HasTheClosedFormsOfFewDegrees) {
  EXPECT_NEAR(student_p(1, 1), 0.5, 1e-12);                             // 1 - 2 atan(1) / pi
  EXPECT_NEAR(student_p(-std::sqrt(2), 2), 1 - std::sqrt(0.5), 1e-12);  // 1 - t / sqrt(t^2 + 2)
  // 1 - 2 (s / (1 + s^2) + atan s) / pi with s = t / sqrt 3
  EXPECT_NEAR(student_p(std::sqrt(3), 3), 1 - 2 * (0.5 + std::atan(1)) / M_PI, 1e-12);
  EXPECT_EQ(student_p(0, 5), 1);
  EXPECT_EQ(student_p(INFINITY, 5), 0);
  EXPECT_TRUE(std::isnan(student_p(NAN, 5)));
}

TEST(Student, HasTheQuantilesOfTables) {
  EXPECT_NEAR(student_quantile(1), 12.7062, 5e-5);
  EXPECT_NEAR(student_quantile(2), 4.30265, 5e-6);
  EXPECT_NEAR(student_quantile(10), 2.22814, 5e-6);
  EXPECT_NEAR(student_quantile(1e7), 1.95996, 5e-6);
  EXPECT_NEAR(student_p(student_quantile(4.8), 4.8), 0.05, 1e-12);
}

}  // namespace
}  // namespace latent::statistics
