#include "CKernels.h"
#include "vector_math.h"

CK_CLONES void ck_add(const float *a, const float *b, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = a[i] + b[i];
}
CK_CLONES void ck_subtract(const float *a, const float *b, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = a[i] - b[i];
}
CK_CLONES void ck_multiply(const float *a, const float *b, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = a[i] * b[i];
}
CK_CLONES void ck_divide(const float *a, const float *b, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = a[i] / b[i];
}
CK_CLONES void ck_scale(const float *x, float scale, float offset, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = scale * x[i] + offset;
}
CK_CLONES void ck_add_scaled(float *y, const float *x, float scale, long n) {
  for (long i = 0; i < n; i++) y[i] += scale * x[i];
}
CK_CLONES void ck_fill(float *out, float value, long n) {
  for (long i = 0; i < n; i++) out[i] = value;
}
CK_CLONES void ck_exp(const float *x, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = ck_exp1(x[i]);
}
CK_CLONES void ck_log(const float *x, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = ck_log1(x[i]);
}
CK_CLONES void ck_sqrt(const float *x, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = ck_sqrt1(x[i]);
}

// The bias is added in the same pass; a null bias means zero.
#define BIAS_LOOP(value)                          \
  for (long r = 0; r < rows; r++, y += columns) { \
    if (bias)                                     \
      for (long c = 0; c < columns; c++) {        \
        float x = y[c] + bias[c];                 \
        y[c] = (value);                           \
      }                                           \
    else                                          \
      for (long c = 0; c < columns; c++) {        \
        float x = y[c];                           \
        y[c] = (value);                           \
      }                                           \
  }

CK_CLONES void ck_bias_activation(float *y, const float *bias, long rows, long columns, int activation) {
  switch (activation) {
    case CK_IDENTITY:
      if (bias) BIAS_LOOP(x)
      break;
    case CK_TANH: BIAS_LOOP(ck_tanh1(x)) break;
    case CK_RELU: BIAS_LOOP(x < 0.0f ? 0.0f : x) break;  // this way round a NaN passes
    case CK_SIGMOID: BIAS_LOOP(ck_sigmoid1(x)) break;
    case CK_SOFTPLUS: BIAS_LOOP(ck_softplus1(x)) break;
  }
}

CK_CLONES void ck_activation_gradient(const float *dy, const float *y, float *dx, long n, int activation) {
  switch (activation) {
    case CK_IDENTITY:
      for (long i = 0; i < n; i++) dx[i] = dy[i];
      break;
    case CK_TANH:
      for (long i = 0; i < n; i++) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
      break;
    case CK_RELU:
      for (long i = 0; i < n; i++) dx[i] = y[i] > 0.0f ? dy[i] : 0.0f;
      break;
    case CK_SIGMOID:
      for (long i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1.0f - y[i]);
      break;
    case CK_SOFTPLUS:
      // y = log(1 + exp(x)), so dy/dx = 1 - exp(-y), as expm1 where y is small
      for (long i = 0; i < n; i++) {
        float v = y[i];
        float near = -ck_expm1_reduced(v < 0.34f ? -v : -0.34f);
        dx[i] = dy[i] * (v < 0.34f ? near : 1.0f - ck_exp1(-v));
      }
      break;
  }
}
