#include "CKernels.h"
#include "vector_math.h"

CK_CLONES void ck_neighbour_forces(
  const float *places, const float *affinities, float *pull, float *push, double *totals, long first, long last,
  long count) {
#pragma clang fp reassociate(on)
  for (long i = first; i < last; i++) {
    const float *p = affinities + i * count;
    float x = places[2 * i], y = places[2 * i + 1];
    float pull_x = 0.0f, pull_y = 0.0f, push_x = 0.0f, push_y = 0.0f, sum = 0.0f;
    for (long j = 0; j < count; j++) {
      float dx = x - places[2 * j], dy = y - places[2 * j + 1];
      float q = 1.0f / (1.0f + dx * dx + dy * dy), a = p[j] * q, r = q * q;
      pull_x += a * dx, pull_y += a * dy;
      push_x += r * dx, push_y += r * dy;
      sum += q;
    }
    pull[2 * i] = pull_x, pull[2 * i + 1] = pull_y;
    push[2 * i] = push_x, push[2 * i + 1] = push_y;
    totals[i] = sum - 1.0f;  // but for the point itself
  }
}
