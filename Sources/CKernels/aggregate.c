#include "CKernels.h"
#include "vector_math.h"

// Loops run over the Gaussians, which are many, and not over the numbers of a point, which may be two: so Gaussians lie
// number by number, [size, 3, batch]: means, inverse variances, constants of the log density.

// Far below any log density, but with room to subtract.
static const float lowest = -1e38f;

CK_CLONES void ck_aggregate_pack(
  const float *mean, const float *log_variance, float *packed, long batch, long size) {
  const float log_two_pi = 1.83787707f;
  for (long d = 0; d < size; d++, packed += 3 * batch)
    for (long j = 0; j < batch; j++) {
      float v = log_variance[j * size + d];
      packed[j] = mean[j * size + d];
      packed[batch + j] = ck_exp1(-v);
      packed[2 * batch + j] = -0.5f * (v + log_two_pi);
    }
}

CK_INLINE float log_sum_exp(const float *x, long n) {
#pragma clang fp reassociate(on)
  float largest = lowest, sum = 0.0f;
  for (long j = 0; j < n; j++) largest = x[j] > largest ? x[j] : largest;
  for (long j = 0; j < n; j++) sum += ck_exp_negative1(x[j] - largest);
  return largest + ck_log1(sum);
}

// The log of each Gaussian's weight at a point that Gaussian `own` has made.
CK_INLINE void weigh(float *weight, long own, float log_own, float log_other, long batch) {
  for (long j = 0; j < batch; j++) weight[j] = log_other;
  weight[own] = log_own;
}

CK_CLONES void ck_aggregate_log_density(
  const float *z, const float *packed, float log_own, float log_other, float *joint, float *marginals, float *scratch,
  long rows, long batch, long size) {
  float *weight = scratch, *total = scratch + batch, *x = total + batch;
  for (long row = 0; row < rows; row++, z += size, marginals += size) {
    weigh(weight, row % batch, log_own, log_other, batch);
    for (long j = 0; j < batch; j++) total[j] = weight[j];
    for (long d = 0; d < size; d++) {
      const float *mean = packed + 3 * d * batch, *inverse = mean + batch, *constant = inverse + batch;
      float point = z[d];
      CK_INDEPENDENT for (long j = 0; j < batch; j++) {
        float apart = point - mean[j], density = constant[j] - 0.5f * apart * apart * inverse[j];
        total[j] += density;
        x[j] = density + weight[j];
      }
      marginals[d] = log_sum_exp(x, batch);
    }
    joint[row] = log_sum_exp(total, batch);
  }
}

// From [size, batch] to [batch, size].
CK_INLINE void turn(const float *x, float *out, long batch, long size) {
  for (long j = 0; j < batch; j++)
    for (long d = 0; d < size; d++) out[j * size + d] = x[d * batch + j];
}

CK_CLONES void ck_aggregate_gradient(
  const float *z, const float *packed, float log_own, float log_other, const float *joint, const float *marginals,
  const float *djoint, const float *dmarginals, float *dz, float *dmean, float *dlog_variance, float *scratch, long rows,
  long batch, long size) {
#pragma clang fp reassociate(on)
  float *weight = scratch, *share = scratch + batch;
  float *to_mean = share + batch, *to_log_variance = to_mean + size * batch;
  for (long i = 0; i < 2 * size * batch; i++) to_mean[i] = 0.0f;
  for (long row = 0; row < rows; row++, z += size, dz += size, marginals += size, dmarginals += size) {
    weigh(weight, row % batch, log_own, log_other, batch);
    for (long j = 0; j < batch; j++) share[j] = weight[j] - joint[row];
    for (long d = 0; d < size; d++) {
      const float *mean = packed + 3 * d * batch, *inverse = mean + batch, *constant = inverse + batch;
      float point = z[d];
      CK_INDEPENDENT for (long j = 0; j < batch; j++) {
        float apart = point - mean[j];
        share[j] += constant[j] - 0.5f * apart * apart * inverse[j];
      }
    }
    float scale = djoint[row];
    CK_INDEPENDENT for (long j = 0; j < batch; j++) share[j] = scale * ck_exp_negative1(share[j]);
    for (long d = 0; d < size; d++) {
      const float *mean = packed + 3 * d * batch, *inverse = mean + batch, *constant = inverse + batch;
      float *dm = to_mean + d * batch, *dv = to_log_variance + d * batch;
      float point = z[d], slope = dmarginals[d], whole = marginals[d], sum = 0.0f;
      CK_INDEPENDENT for (long j = 0; j < batch; j++) {
        float apart = point - mean[j], part = apart * inverse[j];
        float density = constant[j] - 0.5f * apart * part;
        float charge = share[j] + slope * ck_exp_negative1(density + weight[j] - whole);
        float pull = charge * part;
        sum += pull;
        dm[j] += pull;
        dv[j] += 0.5f * (pull * apart - charge);
      }
      dz[d] = -sum;
    }
  }
  turn(to_mean, dmean, batch, size);
  turn(to_log_variance, dlog_variance, batch, size);
}
