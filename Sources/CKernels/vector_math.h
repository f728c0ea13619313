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

// Adding 1.5 * 2^23 rounds to the nearest integer and leaves that integer in the low bits.
#define CK_ROUNDER 12582912.0f

// exp(r) - 1 for |r| <= log(2)/2, as r + r^2 p(r).
CK_INLINE float ck_expm1_reduced(float r) {
  float p = 1.9789261e-4f;
  p = p * r + 1.3945752e-3f;
  p = p * r + 8.3335042e-3f;
  p = p * r + 4.1666280e-2f;
  p = p * r + 1.6666666e-1f;
  p = p * r + 0.5f;
  return p * r * r + r;
}

CK_INLINE float ck_exp1(float x) {
  x = x < -87.3f ? -87.3f : x;
  x = x > 88.7f ? 88.7f : x;  // a NaN passes through both comparisons
  float shifted = x * 1.44269504f + CK_ROUNDER;
  float n = shifted - CK_ROUNDER;
  float r = x - n * 0.693359375f;  // log 2 in two parts, the first exact in few bits
  r = r + n * 2.12194440e-4f;
  // 2^n in two halves, so that n = 128 does not overflow on the way.
  int32_t whole = (int32_t)n;
  int32_t half = whole >> 1;
  float power = ck_from_bits((uint32_t)(half + 127) << 23) * 1.0f;
  float rest = ck_from_bits((uint32_t)(whole - half + 127) << 23);
  float m = ck_expm1_reduced(r);
  return (m * power + power) * rest;
}

// For normal positive x. Zero and below give about -87, as if they were the smallest normal number; a NaN stays one.
CK_INLINE float ck_log1(float x) {
  float safe = x < 1.17549435e-38f ? 1.17549435e-38f : x;
  uint32_t bits = ck_to_bits(safe);
  // Split into m * 2^e with m in [sqrt(1/2), sqrt(2)).
  int32_t e = (int32_t)(bits - 0x3f3504f3u) >> 23;
  float m = ck_from_bits(bits - ((uint32_t)e << 23));
  float f = m - 1.0f;
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
  float y = (low - 0.5f * ff) + f + n * 0.693359375f;
  y = x > 3.40282347e38f ? x : y;  // infinity
  return x != x ? x : y;
}

// The builtin sets no errno, which would keep a loop from being widened.
CK_INLINE float ck_sqrt1(float x) { return __builtin_elementwise_sqrt(x); }

CK_INLINE float ck_abs1(float x) { return ck_from_bits(ck_to_bits(x) & 0x7fffffffu); }
CK_INLINE float ck_copysign1(float magnitude, float sign) {
  return ck_from_bits((ck_to_bits(magnitude) & 0x7fffffffu) | (ck_to_bits(sign) & 0x80000000u));
}

// An odd polynomial near zero, 1 - 2 / (exp(2|x|) + 1) beyond.
CK_INLINE float ck_tanh1(float x) {
  float a = ck_abs1(x);
  float u = x * x;
  float p = -5.7049864e-3f;
  p = p * u + 2.0639086e-2f;
  p = p * u - 5.3739715e-2f;
  p = p * u + 1.3331442e-1f;
  p = p * u - 3.3333281e-1f;
  float near = p * u * x + x;
  float far = 1.0f - 2.0f / (ck_exp1(2.0f * a) + 1.0f);
  return a < 0.625f ? near : ck_copysign1(far, x);
}

// exp(-|x|) serves both the sigmoid and the softplus.
CK_INLINE float ck_sigmoid_from(float x, float e) {
  float s = 1.0f / (1.0f + e);
  return x >= 0.0f ? s : e * s;
}
CK_INLINE float ck_sigmoid1(float x) { return ck_sigmoid_from(x, ck_exp1(-ck_abs1(x))); }
// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)); the correction keeps small values relatively exact.
CK_INLINE float ck_softplus1(float x) {
  float e = ck_exp1(-ck_abs1(x));
  float u = 1.0f + e;
  float log1p = ck_log1(u) + (e - (u - 1.0f)) / u;
  return (x > 0.0f ? x : 0.0f) + log1p;
}

#endif
