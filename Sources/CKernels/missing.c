#include "CKernels.h"
#include "vector_math.h"

// A missing number is a NaN: one comparison away in any loop, and impossible to mistake for a value.
CK_CLONES bool ck_any_missing(const float *x, long n) {
  uint32_t greatest = 0;
  for (long i = 0; i < n; i++) {
    uint32_t magnitude = ck_to_bits(x[i]) & 0x7fffffffu;
    greatest = magnitude > greatest ? magnitude : greatest;
  }
  return greatest > 0x7f800000u;  // beyond infinity
}
CK_CLONES void ck_observed(const float *x, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = x[i] == x[i] ? 1.0f : 0.0f;
}
CK_CLONES void ck_fill_missing(const float *x, const float *other, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = x[i] == x[i] ? x[i] : other[i];
}
CK_CLONES void ck_zero_missing(const float *x, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = x[i] == x[i] ? x[i] : 0.0f;
}
CK_CLONES void ck_copy_missing(const float *x, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = x[i] == x[i] ? out[i] : x[i];
}

void ck_make_missing(float *x, uint64_t key, uint64_t first, float part, long pixels, long channels) {
  enum { BLOCK = 256 };
  float luck[BLOCK];
  for (long p = 0; p < pixels; p += BLOCK) {
    long count = pixels - p < BLOCK ? pixels - p : BLOCK;
    ck_random_uniform(key, first + (uint64_t)p, luck, count);
    for (long i = 0; i < count; i++)
      if (luck[i] <= part)
        for (long c = 0; c < channels; c++) x[(p + i) * channels + c] = __builtin_nanf("");
  }
}
