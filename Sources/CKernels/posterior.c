#include "CKernels.h"
#include "vector_math.h"

CK_CLONES void ck_gaussian_sample(
  const float *mean, const float *log_variance, const float *noise, float *z, long draws, long n) {
  // The deviations are computed once, into the first draw, which is finished last.
  CK_INDEPENDENT for (long i = 0; i < n; i++) z[i] = ck_exp1(0.5f * log_variance[i]);
  for (long k = draws - 1; k >= 0; k--)
    CK_INDEPENDENT for (long i = 0; i < n; i++) z[k * n + i] = mean[i] + z[i] * noise[k * n + i];
}

CK_CLONES void ck_gaussian_sample_gradient(
  const float *log_variance, const float *noise, const float *dz, float *dmean, float *dlog_variance, long draws,
  long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) {
    float d = dz[i];
    dmean[i] = d;
    dlog_variance[i] = d * noise[i];
  }
  for (long k = 1; k < draws; k++)
    CK_INDEPENDENT for (long i = 0; i < n; i++) {
      float d = dz[k * n + i];
      dmean[i] += d;
      dlog_variance[i] += d * noise[k * n + i];
    }
  CK_INDEPENDENT for (long i = 0; i < n; i++) dlog_variance[i] *= 0.5f * ck_exp1(0.5f * log_variance[i]);
}

CK_CLONES void ck_gaussian_divergence(const float *mean, const float *log_variance, float *out, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++)
    out[i] = 0.5f * (mean[i] * mean[i] + ck_exp1(log_variance[i]) - 1.0f - log_variance[i]);
}

CK_CLONES void ck_gaussian_divergence_gradient(
  const float *mean, const float *log_variance, const float *dout, float *dmean, float *dlog_variance, long n) {
  CK_INDEPENDENT for (long i = 0; i < n; i++) {
    float g = dout[i];
    dmean[i] = g * mean[i];
    dlog_variance[i] = 0.5f * g * (ck_exp1(log_variance[i]) - 1.0f);
  }
}

CK_CLONES void ck_gaussian_log_ratio(
  const float *z, const float *log_variance, const float *noise, float *out, long draws, long n) {
  for (long k = 0; k < draws; k++)
    CK_INDEPENDENT for (long i = 0; i < n; i++) {
      float a = z[k * n + i], e = noise[k * n + i];
      out[k * n + i] = 0.5f * (a * a - e * e - log_variance[i]);
    }
}

CK_CLONES void ck_gaussian_log_ratio_gradient(
  const float *z, const float *dout, float *dz, float *dlog_variance, long draws, long n) {
  for (long i = 0; i < n; i++) dlog_variance[i] = 0.0f;
  for (long k = 0; k < draws; k++)
    CK_INDEPENDENT for (long i = 0; i < n; i++) {
      dz[k * n + i] = z[k * n + i] * dout[k * n + i];
      dlog_variance[i] -= 0.5f * dout[k * n + i];
    }
}

CK_CLONES void ck_gaussian_path_gradient(
  const float *z, const float *log_variance, const float *noise, const float *dz, const float *dratio, int doubly,
  float *dmean, float *dlog_variance, long draws, long n) {
  enum { BLOCK = 256 };
  float share[BLOCK], inverse[BLOCK];
  for (long first = 0; first < n; first += BLOCK) {
    long size = n - first < BLOCK ? n - first : BLOCK;
    CK_INDEPENDENT for (long i = 0; i < size; i++) {
      inverse[i] = ck_exp1(-0.5f * log_variance[first + i]);
      dmean[first + i] = dlog_variance[first + i] = share[i] = 0.0f;
    }
    if (doubly) {
      for (long k = 0; k < draws; k++)
        CK_INDEPENDENT for (long i = 0; i < size; i++) share[i] += dratio[k * n + first + i];
      CK_INDEPENDENT for (long i = 0; i < size; i++) share[i] = share[i] != 0.0f ? 1.0f / share[i] : 0.0f;
    }
    for (long k = 0; k < draws; k++)
      CK_INDEPENDENT for (long i = 0; i < size; i++) {
        long j = k * n + first + i;
        float e = noise[j], d = dz[j] + dratio[j] * (z[j] - e * inverse[i]);
        if (doubly) d *= dratio[j] * share[i];
        dmean[first + i] += d;
        dlog_variance[first + i] += d * e;
      }
    CK_INDEPENDENT for (long i = 0; i < size; i++) dlog_variance[first + i] *= 0.5f / inverse[i];
  }
}
