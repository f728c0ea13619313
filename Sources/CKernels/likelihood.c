#include "CKernels.h"
#include "vector_math.h"

// Sum over one row of x * l - log(1 + exp(l)), with log(1 + exp(l)) = max(l, 0) + log(1 + exp(-|l|)). The factors
// 1 + exp(-|l|) lie in [1, 2], so up to 64 of them are multiplied before one logarithm is taken.
enum { LANES = 16, FACTORS = 64 };

CK_INLINE float bernoulli_row(const float *l, const float *x, float *residual, long size) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
  long i = 0;
  while (i < size) {
    long end = i + LANES * FACTORS < size ? i + LANES * FACTORS : size;
    float product[LANES];
    for (int j = 0; j < LANES; j++) product[j] = 1.0f;
    for (; i + LANES <= end; i += LANES) {
      float part = 0.0f;
      for (int j = 0; j < LANES; j++) {
        float v = l[i + j], e = ck_exp1(-ck_abs1(v));
        if (residual) residual[i + j] = x[i + j] - ck_sigmoid_from(v, e);
        product[j] *= 1.0f + e;
        part += x[i + j] * v - (v > 0.0f ? v : 0.0f);
      }
      sum += part;
    }
    if (end == size)
      for (; i < size; i++) {
        float v = l[i], e = ck_exp1(-ck_abs1(v));
        if (residual) residual[i] = x[i] - ck_sigmoid_from(v, e);
        product[0] *= 1.0f + e;  // at most 15 more factors, still far from overflow
        sum += x[i] * v - (v > 0.0f ? v : 0.0f);
      }
    for (int j = 0; j < LANES; j++) sum -= ck_log1(product[j]);
  }
  return sum;
}

CK_CLONES void ck_bernoulli_log_probability(
  const float *logits, const float *x, float *out, float *residual, long draws, long batch, long size) {
  for (long k = 0; k < draws; k++)
    for (long b = 0; b < batch; b++) {
      long row = k * batch + b;
      if (residual)
        out[row] = bernoulli_row(logits + row * size, x + b * size, residual + row * size, size);
      else
        out[row] = bernoulli_row(logits + row * size, x + b * size, 0, size);
    }
}

static const float log_two_pi = 1.8378770664f;

CK_CLONES void ck_gaussian_log_probability(
  const float *mean, const float *log_variance, const float *x, float *out, long draws, long batch, long size) {
#pragma clang fp reassociate(on)
  for (long row = 0; row < draws * batch; row++) {
    const float *m = mean + row * size, *v = log_variance + row * size, *t = x + row % batch * size;
    float sum = 0.0f;
    for (long i = 0; i < size; i++) {
      float d = t[i] - m[i];
      sum += d * d * ck_exp1(-v[i]) + v[i];
    }
    out[row] = -0.5f * (sum + log_two_pi * (float)size);
  }
}

CK_CLONES void ck_gaussian_log_probability_gradient(
  const float *mean, const float *log_variance, const float *x, const float *dout, float *dmean,
  float *dlog_variance, long draws, long batch, long size) {
  for (long row = 0; row < draws * batch; row++) {
    const float *m = mean + row * size, *v = log_variance + row * size, *t = x + row % batch * size;
    float *dm = dmean + row * size, *dv = dlog_variance + row * size, g = dout[row];
    for (long i = 0; i < size; i++) {
      float d = t[i] - m[i], scaled = d * ck_exp1(-v[i]);
      dm[i] = g * scaled;
      dv[i] = 0.5f * g * (scaled * d - 1.0f);
    }
  }
}

CK_CLONES void ck_scale_rows(const float *x, const float *scale, float *out, long rows, long columns) {
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < columns; c++) out[r * columns + c] = x[r * columns + c] * scale[r];
}
