// Vector forms of exp, log and tanh: straight-line code that the compiler widens to the machine's registers.
// Polynomials are minimax fits over the reduced range (weighted least squares iterated to equal ripple).
#ifndef CKERNELS_MATH_H
#define CKERNELS_MATH_H

#include <stdint.h>
#include <string.h>

// One function, compiled for three generations of x86; the loader picks. Elsewhere, plain code.
#if defined(__x86_64__) && defined(__linux__)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CK_CLONES
#endif
// For a loop whose output is an input's own array or a separate one, which the compiler can't know: its iterations are
// independent.
#define CK_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define CK_INLINE static inline __attribute__((always_inline))

#pragma clang fp contract(fast)

CK_INLINE float ck_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
CK_INLINE uint32_t ck_to_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// Adding 1.5 * 2^23 rounds to the nearest integer n and leaves it in the low bits; with 127 more, these bits are the
// exponent of 2^n.
#define CK_ROUNDER 12582912.0f
#define CK_EXPONENT_ROUNDER (CK_ROUNDER + 127.0f)
CK_INLINE float ck_power_of_two(float shifted) { return ck_from_bits(ck_to_bits(shifted) << 23); }

// exp(r) for |r| <= log(2)/2.
CK_INLINE float ck_exp_reduced(float r) {
  float p = 1.38207339e-3f;
  p = p * r + 8.36867746e-3f;
  p = p * r + 4.16682661e-2f;
  p = p * r + 1.66665211e-1f;
  p = p * r + 4.99999940e-1f;
  p = p * r + 1.0f;
  return p * r + 1.0f;
}

CK_INLINE float ck_exp1(float x) {
  x = x < -87.3f ? -87.3f : x;
  x = x > 88.7f ? 88.7f : x;  // a NaN passes through both comparisons
  float n = x * 1.44269504f + CK_ROUNDER - CK_ROUNDER;
  float r = x - n * 0.693359375f;  // log 2 in two parts, the first exact in few bits
  r = r + n * 2.12194440e-4f;
  // Added to the exponent, where n = 128 does not overflow on the way.
  return ck_from_bits(ck_to_bits(ck_exp_reduced(r)) + ((uint32_t)(int32_t)n << 23));
}

// The same for x <= 0, where 2^n has a float of its own.
CK_INLINE float ck_exp_negative1(float x) {
  x = x < -87.3f ? -87.3f : x;
  float shifted = x * 1.44269504f + CK_EXPONENT_ROUNDER;
  float n = shifted - CK_EXPONENT_ROUNDER;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  return ck_exp_reduced(r) * ck_power_of_two(shifted);
}

// exp(x) for x <= 0 to 2e-7 of 1, not of itself: enough where it is added to 1, and the reduction is one step. It stops
// falling at -64, so that no product with it is a denormal, which would be slow.
CK_INLINE float ck_exp_addend1(float x) {
  float y = (x < -64.0f ? -64.0f : x) * 1.44269504f;
  float shifted = y + CK_EXPONENT_ROUNDER;
  float f = y - (shifted - CK_EXPONENT_ROUNDER);
  float p = 1.32695376e-3f;
  p = p * f + 9.67129227e-3f;
  p = p * f + 5.55071086e-2f;
  p = p * f + 2.40222469e-1f;
  p = p * f + 6.93147004e-1f;
  p = p * f + 1.0f;
  return p * ck_power_of_two(shifted);
}

// exp(x) - 1 for -87 <= x <= 0, relatively exact also near 0. One part of log 2 will do, as 1 covers its error.
CK_INLINE float ck_expm1_negative1(float x) {
  float shifted = x * 1.44269504f + CK_EXPONENT_ROUNDER;
  float r = x - (shifted - CK_EXPONENT_ROUNDER) * 0.693147182f;
  float p = 1.38707121e-3f;
  p = p * r + 8.36627651e-3f;
  p = p * r + 4.16674353e-2f;
  p = p * r + 1.66665465e-1f;
  p = p * r + 4.99999970e-1f;
  p = p * (r * r) + r;
  float power = ck_power_of_two(shifted);
  return p * power + (power - 1.0f);
}

// For normal positive x.
CK_INLINE float ck_log_normal1(float x) {
  // Split into m * 2^e with m in [sqrt(1/2), sqrt(2)).
  uint32_t bits = ck_to_bits(x);
  int32_t e = (int32_t)(bits - 0x3f3504f3u) >> 23;
  float f = ck_from_bits(bits - ((uint32_t)e << 23)) - 1.0f;
  float p = -7.6339878e-2f;
  p = p * f + 1.2780890e-1f;
  p = p * f - 1.3169324e-1f;
  p = p * f + 1.4199796e-1f;
  p = p * f - 1.6622284e-1f;
  p = p * f + 2.0001273e-1f;
  p = p * f - 2.5000849e-1f;
  p = p * f + 3.3333331e-1f;
  float ff = f * f;
  float n = (float)e;
  float low = p * ff * f - 2.12194440e-4f * n;
  return (low - 0.5f * ff) + f + n * 0.693359375f;
}

// Zero and below give about -87, as if they were the smallest normal number; infinity and a NaN stay what they are.
CK_INLINE float ck_log1(float x) {
  float y = ck_log_normal1(x < 1.17549435e-38f ? 1.17549435e-38f : x);
  return x <= 3.40282347e38f ? y : x;
}

// The builtin sets no errno, which would keep a loop from being widened.
CK_INLINE float ck_sqrt1(float x) { return __builtin_elementwise_sqrt(x); }

CK_INLINE float ck_abs1(float x) { return ck_from_bits(ck_to_bits(x) & 0x7fffffffu); }
CK_INLINE float ck_copysign1(float magnitude, float sign) {
  return ck_from_bits((ck_to_bits(magnitude) & 0x7fffffffu) | (ck_to_bits(sign) & 0x80000000u));
}

// tanh(a) = (1 - exp(-2a)) / (1 + exp(-2a)) with the difference relatively exact; 1 from a = 15 on.
CK_INLINE float ck_tanh1(float x) {
  float a = ck_abs1(x);
  float m = ck_expm1_negative1(-2.0f * (a > 15.0f ? 15.0f : a));
  return ck_copysign1(m / (m + 2.0f), x);
}

// exp(-|x|) serves both the sigmoid and the softplus.
CK_INLINE float ck_sigmoid_from(float x, float e) {
  float s = 1.0f / (1.0f + e);
  return x >= 0.0f ? s : e * s;
}
CK_INLINE float ck_sigmoid1(float x) { return ck_sigmoid_from(x, ck_exp_negative1(-ck_abs1(x))); }
// log(1 + exp(x)) = max(x, 0) + log(1 + e), with log(1 + e) / e as a polynomial around the middle of [0, 1].
CK_INLINE float ck_softplus1(float x) {
  float e = ck_exp_negative1(-ck_abs1(x)), f = e - 0.5f;
  float p = -2.94266036e-3f;
  p = p * f + 4.47889231e-3f;
  p = p * f - 6.90371031e-3f;
  p = p * f + 1.19703105e-2f;
  p = p * f - 2.05456093e-2f;
  p = p * f + 3.65723111e-2f;
  p = p * f - 6.76889718e-2f;
  p = p * f + 1.32612288e-1f;
  p = p * f - 2.88527101e-1f;
  p = p * f + 8.10930192e-1f;
  return (x > 0.0f ? x : 0.0f) + p * e;
}

// x sigmoid(x). Below -87.3, where the sigmoid stays, x does too, so that infinity times it is no infinity.
CK_INLINE float ck_silu1(float x) { return (x < -87.3f ? -87.3f : x) * ck_sigmoid1(x); }
// s + x s (1 - s), where 1 - s is not a difference.
CK_INLINE float ck_silu_gradient1(float x) {
  float a = ck_abs1(x), bounded = ck_copysign1(a > 87.3f ? 87.3f : a, x);
  float e = ck_exp_negative1(-a), more = 1.0f / (1.0f + e), less = e * more;
  return (x >= 0.0f ? more : less) + bounded * (more * less);
}

// exp(x) - 1 below 0, x above.
CK_INLINE float ck_elu1(float x) {
  float negative = x > 0.0f ? 0.0f : x;
  return x > 0.0f ? x : ck_expm1_negative1(negative < -87.0f ? -87.0f : negative);
}

// The normal distribution's tail beyond z in [0, 13] without its steep part: Phi(-z) exp(z^2 / 2).
CK_INLINE float ck_normal_tail_scaled(float z) {
  float u = 1.0f / (1.0f + 0.35f * z);
  float p = -2.91147854e-2f;
  p = p * u + 1.43817397e-1f;
  p = p * u - 2.55389109e-1f;
  p = p * u + 1.58794614e-1f;
  p = p * u - 2.28422329e-2f;
  p = p * u + 1.05391702e-1f;
  p = p * u + 1.19863187e-1f;
  p = p * u + 1.39857550e-1f;
  p = p * u + 1.39621661e-1f;
  return p * u;
}
// x Phi(x). The tail is computed as such, so small values keep their precision; beyond 12.9 it would be a denormal.
CK_INLINE float ck_gelu1(float x) {
  float a = ck_abs1(x), z = a > 12.9f ? 12.9f : a;
  float tail = ck_normal_tail_scaled(z) * ck_exp_negative1(-0.5f * z * z);
  return (x > 0.0f ? x : 0.0f) - z * tail;
}
// Phi(x) + x phi(x)
CK_INLINE float ck_gelu_gradient1(float x) {
  float a = ck_abs1(x), z = a > 12.9f ? 12.9f : a;
  float e = ck_exp_negative1(-0.5f * z * z);
  float tail = ck_normal_tail_scaled(z) * e - z * (0.398942280f * e);
  return x > 0.0f ? 1.0f - tail : tail;
}

#endif
