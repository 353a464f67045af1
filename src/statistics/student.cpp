#include "statistics/student.h"

#include <cmath>
#include <initializer_list>

namespace latent::statistics {
namespace {

constexpr int kMostTerms = 10'000;

// Keeps a denominator of Lentz's method away from zero.
double nonzero(double value) { return std::abs(value) < 1e-300 ? 1e-300 : value; }

// The continued fraction of the incomplete beta function, which converges quickly for
// x < (a + 1) / (a + b + 2). By Lentz's method: the quotient of two recurrences is multiplied up.
double beta_fraction(double a, double b, double x) {
  double c = 1, d = 1 / nonzero(1 - (a + b) * x / (a + 1)), product = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double factor = 1;
    for (const double term : {even, odd}) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      factor = c * d;
      product *= factor;
    }
    if (std::abs(factor - 1) < 1e-15) break;
  }
  return product;
}

// The regularized incomplete beta function.
double beta_share(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double student_p(double t, double degrees) {
  if (std::isnan(t) || std::isnan(degrees)) return std::nan("");
  if (std::isinf(t)) return 0;
  return beta_share(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double student_quantile(double degrees) {
  double low = 0, high = 2;
  while (student_p(high, degrees) > 0.05)
    high *= 2;
  for (int step = 0; step < 200 && low < high; ++step) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (student_p(middle, degrees) > 0.05 ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace latent::statistics
