#include "CKernels.h"
#include "vector_math.h"

// The slope of an activation as ck_activation_gradient knows it, a function of the output (or, for SiLU and GELU, of the
// input), and here the slope of that.
CK_INLINE float silu_curvature1(float x) {
  float a = ck_abs1(x), bounded = ck_copysign1(a > 87.3f ? 87.3f : a, x);
  float e = ck_exp_negative1(-a), more = 1.0f / (1.0f + e), less = e * more;
  // s (1 - s) (2 + x (1 - 2 s))
  return more * less * (2.0f - ck_abs1(bounded) * (more - less));
}
// phi(x) (2 - x^2)
CK_INLINE float gelu_curvature1(float x) {
  float a = ck_abs1(x), z = a > 12.9f ? 12.9f : a;
  return 0.398942280f * ck_exp_negative1(-0.5f * z * z) * (2.0f - z * z);
}

#define CURVE(value)                                                                \
  CK_INDEPENDENT for (long i = 0; i < n; i++) out[i] = ddx[i] * dy[i] * (value);    \
  break;

CK_CLONES void ck_activation_curvature(
  const float *ddx, const float *dy, const float *y, float *out, long n, int activation) {
  switch (activation) {
    case CK_TANH: CURVE(-2.0f * y[i])
    case CK_SIGMOID: CURVE(1.0f - 2.0f * y[i])
    case CK_SOFTPLUS: CURVE(ck_exp_negative1(-ck_abs1(y[i])))
    case CK_SILU: CURVE(silu_curvature1(y[i]))
    case CK_GELU: CURVE(gelu_curvature1(y[i]))
    case CK_ELU: CURVE(y[i] > 0.0f ? 0.0f : 1.0f)
    default: CURVE(0.0f)  // straight, in one piece or two
  }
}
