#include "CKernels.h"
#include "vector_math.h"

CK_CLONES void ck_add(const float *a, const float *b, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = a[i] + b[i];
}
CK_CLONES void ck_subtract(const float *a, const float *b, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = a[i] - b[i];
}
CK_CLONES void ck_multiply(const float *a, const float *b, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = a[i] * b[i];
}
CK_CLONES void ck_divide(const float *a, const float *b, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = a[i] / b[i];
}
CK_CLONES void ck_scale(const float *x, float scale, float offset, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = scale * x[i] + offset;
}
CK_CLONES void ck_add_scaled(float *y, const float *x, float scale, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) y[i] += scale * x[i];
}
CK_CLONES void ck_fill(float *out, float value, long n) {
  for (long i = 0; i < n; i++) out[i] = value;
}
CK_CLONES void ck_exp(const float *x, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = ck_exp1(x[i]);
}
CK_CLONES void ck_log(const float *x, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = ck_log1(x[i]);
}
CK_CLONES void ck_sqrt(const float *x, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = ck_sqrt1(x[i]);
}

// Some rows at a time, while they are near: first their bias, then the activation of all of them as one long row, so
// that an awkward number of columns does not leave many elements to the slow end of a loop.
enum { NEAR = 2048 };

#define ACTIVATE(value)                                        \
  for (long i = 0; i < count; i++) {                           \
    float x = y[i];                                            \
    y[i] = (value);                                            \
  }                                                            \
  break;

CK_CLONES void ck_bias_activation(float *y, const float *bias, long rows, long columns, int activation) {
  long together = columns < NEAR ? NEAR / (columns > 0 ? columns : 1) : 1;
  for (long r = 0; r < rows; r += together) {
    long count = (r + together < rows ? together : rows - r) * columns;
    for (long k = 0; bias && k < count; k += columns)
      CK_INDEPENDENT for (long c = 0; c < columns; c++) y[k + c] += bias[c];
    switch (activation) {
      case CK_IDENTITY: break;
      case CK_TANH: ACTIVATE(ck_tanh1(x))
      case CK_RELU: ACTIVATE(x < 0.0f ? 0.0f : x)  // this way round a NaN passes
      case CK_SIGMOID: ACTIVATE(ck_sigmoid1(x))
      case CK_SOFTPLUS: ACTIVATE(ck_softplus1(x))
      case CK_SILU: ACTIVATE(ck_silu1(x))
      case CK_GELU: ACTIVATE(ck_gelu1(x))
      case CK_ELU: ACTIVATE(ck_elu1(x))
      case CK_LEAKY_RELU: ACTIVATE(x < 0.0f ? 0.01f * x : x)
    }
    y += count;
  }
}

CK_CLONES void ck_activation_gradient(const float *dy, const float *y, float *dx, long n, int activation) {
  const float *x = y;
  switch (activation) {
    case CK_IDENTITY:
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = dy[i];
      break;
    case CK_TANH:
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
      break;
    case CK_RELU:
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = y[i] > 0.0f ? dy[i] : 0.0f;
      break;
    case CK_SIGMOID:
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1.0f - y[i]);
      break;
    case CK_SOFTPLUS:
      // y = log(1 + exp(x)), so dy/dx = 1 - exp(-y)
      CK_INDEPENDENT for (long i = 0; i < n; i++) {
        float v = -y[i];
        dx[i] = -dy[i] * ck_expm1_negative1(v < -87.0f ? -87.0f : v);
      }
      break;
    case CK_SILU:
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = dy[i] * ck_silu_gradient1(x[i]);
      break;
    case CK_GELU:
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = dy[i] * ck_gelu_gradient1(x[i]);
      break;
    case CK_ELU:
      // y = exp(x) - 1 below 0
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = y[i] > 0.0f ? dy[i] : dy[i] * (y[i] + 1.0f);
      break;
    case CK_LEAKY_RELU:
      CK_INDEPENDENT for (long i = 0; i < n; i++) dx[i] = y[i] > 0.0f ? dy[i] : 0.01f * dy[i];
      break;
  }
}
