// Student's t distribution.
#pragma once

namespace latent::statistics {

/// Returns the probability that |T| >= |t| for T of Student's t distribution. degrees: of freedom,
/// > 0; need not be whole. Source: Abramowitz and Stegun, 26.7.1, by the continued fraction 26.5.8
/// of the incomplete beta function.
double student_p(double t, double degrees);

/// Returns the t with student_p(t, degrees) = 0.05, for 95% intervals: 12.706 for one degree of
/// freedom, 1.960 for very many.
double student_quantile(double degrees);

}  // namespace latent::statistics
