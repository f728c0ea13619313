#include "CKernels.h"
#include "vector_math.h"

// A moment without new gradients shrinks until rounding holds it at some denormal number, forever, and steps with these
// take three times as long. Before that, a first moment becomes zero and a second one stops.
#define LEAST 1e-36f
CK_INLINE float without_denormals(float x) { return ck_abs1(x) < LEAST ? 0.0f : x; }

// The shards' gradients are added in their order, so a result depends on how many there are, never on which was first.
// One or two are added on the way; of more, a block that stays near is added up first.
enum { BLOCK = 1024 };

CK_INLINE void add_parts(const float *const *gradients, long parts, float *sum, long from, long count) {
  for (long i = 0; i < count; i++) sum[i] = gradients[0][from + i] + gradients[1][from + i];
  for (long p = 2; p < parts; p++)
    for (long i = 0; i < count; i++) sum[i] += gradients[p][from + i];
}

#define FOR_EACH(...)                                                                   \
  if (parts == 1) {                                                                     \
    const float *restrict g0 = gradients[0];                                            \
    for (long i = 0; i < n; i++) { float g = g0[i] * scale; __VA_ARGS__ }               \
  } else if (parts == 2) {                                                              \
    const float *restrict g0 = gradients[0], *restrict g1 = gradients[1];               \
    for (long i = 0; i < n; i++) { float g = (g0[i] + g1[i]) * scale; __VA_ARGS__ }     \
  } else                                                                                \
    for (long from = 0; from < n; from += BLOCK) {                                      \
      float sum[BLOCK];                                                                 \
      long end = n - from < BLOCK ? n : from + BLOCK;                                   \
      add_parts(gradients, parts, sum, from, end - from);                               \
      for (long i = from; i < end; i++) {                                               \
        float g = sum[i - from] * scale;                                                \
        __VA_ARGS__                                                                     \
      }                                                                                 \
    }

CK_CLONES void ck_adam_step(
  float *restrict parameter, const float *const *gradients, long parts, float scale, float *restrict moment1,
  float *restrict moment2, struct ck_adam s, long n) {
  float keep = 1.0f - s.rate * s.decoupled_decay;
  float step = s.rate / s.correction1, root = 1.0f / ck_sqrt1(s.correction2);
  FOR_EACH({
    float w = parameter[i];
    g += s.decay * w;
    float m = without_denormals(moment1[i] + (1.0f - s.beta1) * (g - moment1[i]));
    float v = s.beta2 * moment2[i] + (1.0f - s.beta2) * g * g;
    v = v < LEAST ? LEAST : v;
    moment1[i] = m;
    moment2[i] = v;
    parameter[i] = keep * w - step * m / (ck_sqrt1(v) * root + s.epsilon);
  })
}

CK_CLONES void ck_adagrad_step(
  float *restrict parameter, const float *const *gradients, long parts, float scale, float *restrict sum_of_squares,
  float rate, float epsilon, float decay, long n) {
  FOR_EACH({
    g += decay * parameter[i];
    float squares = sum_of_squares[i] + g * g;
    sum_of_squares[i] = squares;
    parameter[i] -= rate * g / (ck_sqrt1(squares) + epsilon);
  })
}

CK_CLONES void ck_momentum_step(
  float *restrict parameter, const float *const *gradients, long parts, float scale, float *restrict velocity,
  float rate, float momentum, float decay, long n) {
  FOR_EACH({
    g += decay * parameter[i];
    float v = without_denormals(momentum * velocity[i] + g);
    velocity[i] = v;
    parameter[i] -= rate * v;
  })
}

CK_CLONES void ck_moving_average(float *average, const float *x, float keep, long n) {
  for (long i = 0; i < n; i++) average[i] = x[i] + keep * (average[i] - x[i]);
}
