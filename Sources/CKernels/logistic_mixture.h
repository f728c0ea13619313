// What the loops over mixtures of discretized logistic variables share.
#ifndef CKERNELS_LOGISTIC_MIXTURE_H
#define CKERNELS_LOGISTIC_MIXTURE_H

#include "CKernels.h"
#include "vector_math.h"

static const float floor_inverse = 1096.63316f;  // 1 / the least scale, exp(7)
static const float far_away = 1e30f;             // in scales, and of a logit: sums of such stay finite

CK_INLINE float clamp1(float x, float bound) {
  x = x > bound ? bound : x;
  return x < -bound ? -bound : x;  // a NaN passes through both comparisons
}

// exp(raw + 7), where the scale is exp(-7) times one more than this; up to a ceiling of exp(21).
CK_INLINE float scale_above_floor(float raw) { return ck_exp1(raw > 21.0f ? 28.0f : raw + 7.0f); }

// Where a pixel's numbers lie, in units of the components: logits, means, log-scales, coefficients by channel.
CK_INLINE long mean_at(long c) { return 1 + c; }
CK_INLINE long scale_at(long c, long channels) { return 1 + channels + c; }
CK_INLINE long coefficient_at(long c, long lower, long channels) {
  return 1 + 2 * channels + c * (c - 1) / 2 + lower;
}
CK_INLINE long numbers_of(long channels, long components) {
  return components * (1 + 2 * channels + channels * (channels - 1) / 2);
}

#endif
