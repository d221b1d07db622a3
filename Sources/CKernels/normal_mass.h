// The normal distribution function to about 25 digits, so that its rounding to double is the correct one.
#ifndef RK_NORMAL_MASS_H
#define RK_NORMAL_MASS_H

/// Probability of a standard normal value above `x`, correctly rounded.
double rk_upper_tail(double x);

/// Probability of a standard normal value below `x`, correctly rounded.
double rk_lower_tail(double x);

#endif
