#include "CKernels.h"
#include "vector_math.h"

// The shards' gradients are added in their order, so a result depends on how many there are, never on which was first.
CK_INLINE float total(const float *const *gradients, long parts, long i) {
  float g = gradients[0][i];
  for (long p = 1; p < parts; p++) g += gradients[p][i];
  return g;
}

// A loop per usual number of parts keeps the inner one straight-line.
#define FOR_EACH(...)                                                                   \
  if (parts == 1) {                                                                     \
    const float *restrict g0 = gradients[0];                                            \
    for (long i = 0; i < n; i++) { float g = g0[i] * scale; __VA_ARGS__ }               \
  } else if (parts == 2) {                                                              \
    const float *restrict g0 = gradients[0], *restrict g1 = gradients[1];               \
    for (long i = 0; i < n; i++) { float g = (g0[i] + g1[i]) * scale; __VA_ARGS__ }     \
  } else                                                                                \
    for (long i = 0; i < n; i++) { float g = total(gradients, parts, i) * scale; __VA_ARGS__ }

CK_CLONES void ck_adam_step(
  float *restrict parameter, const float *const *gradients, long parts, float scale, float *restrict moment1,
  float *restrict moment2, struct ck_adam s, long n) {
  float keep = 1.0f - s.rate * s.decoupled_decay;
  float step = s.rate / s.correction1, root = 1.0f / s.correction2;
  FOR_EACH({
    float w = parameter[i];
    g += s.decay * w;
    float m = moment1[i] + (1.0f - s.beta1) * (g - moment1[i]);
    float v = s.beta2 * moment2[i] + (1.0f - s.beta2) * g * g;
    moment1[i] = m;
    moment2[i] = v;
    parameter[i] = keep * w - step * m / (ck_sqrt1(v * root) + s.epsilon);
  })
}

CK_CLONES void ck_adagrad_step(
  float *restrict parameter, const float *const *gradients, long parts, float scale, float *restrict sum_of_squares,
  float rate, float epsilon, float decay, long n) {
  FOR_EACH({
    g += decay * parameter[i];
    float sum = sum_of_squares[i] + g * g;
    sum_of_squares[i] = sum;
    parameter[i] -= rate * g / (ck_sqrt1(sum) + epsilon);
  })
}

CK_CLONES void ck_momentum_step(
  float *restrict parameter, const float *const *gradients, long parts, float scale, float *restrict velocity,
  float rate, float momentum, float decay, long n) {
  FOR_EACH({
    g += decay * parameter[i];
    float v = momentum * velocity[i] + g;
    velocity[i] = v;
    parameter[i] -= rate * v;
  })
}

CK_CLONES void ck_moving_average(float *average, const float *x, float keep, long n) {
  for (long i = 0; i < n; i++) average[i] = x[i] + keep * (average[i] - x[i]);
}

CK_CLONES double ck_parts_sum_of_squares(const float *const *gradients, long parts, long n) {
#pragma clang fp reassociate(on)
  double sum = 0;
  float scale = 1.0f;
  FOR_EACH({ sum += (double)g * (double)g; })
  return sum;
}
