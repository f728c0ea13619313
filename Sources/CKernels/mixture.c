#include "CKernels.h"
#include "vector_math.h"

// Points are compared with a panel of Gaussians at a time, four points to each number that is read: the differences are
// taken as they are, as an expanded square would lose narrow Gaussians to rounding.
enum { PANEL = CK_PANEL, POINTS = 4, BLOCK = 128 };

// Far below any log density, but with room to subtract.
static const float lowest = -1e38f;

long ck_mixture_panels(long components) { return (components + PANEL - 1) / PANEL; }

CK_CLONES void ck_mixture_pack(
  const float *mean, const float *deviation, const float *constant, float *panels, long components, long size) {
  for (long p = 0; p < ck_mixture_panels(components); p++, panels += (2 * size + 1) * PANEL)
    for (long j = 0; j < PANEL; j++) {
      long k = p * PANEL + j;
      bool is_there = k < components;
      panels[j] = is_there ? constant[k] : lowest;
      for (long d = 0; d < size; d++) {
        panels[(2 * d + 1) * PANEL + j] = is_there ? mean[k * size + d] : 0.0f;
        panels[(2 * d + 2) * PANEL + j] = is_there ? 1.0f / deviation[k * size + d] : 0.0f;
      }
    }
}

// out = constant - sum of ((z - mean) / deviation)^2 / 2 for four points and the Gaussians of one panel.
CK_INLINE void panel_log_densities(const float *const z[POINTS], const float *panel, float *out, long size) {
  float sum[POINTS * PANEL];
  for (int j = 0; j < POINTS * PANEL; j++) sum[j] = 0.0f;
  const float *mean = panel + PANEL, *inverse = mean + PANEL;
  for (long d = 0; d < size; d++, mean += 2 * PANEL, inverse += 2 * PANEL) {
    float a = z[0][d], b = z[1][d], c = z[2][d], e = z[3][d];
    CK_INDEPENDENT for (int j = 0; j < PANEL; j++) {
      float m = mean[j], r = inverse[j];
      float s = (a - m) * r, t = (b - m) * r, u = (c - m) * r, v = (e - m) * r;
      sum[j] += s * s;
      sum[PANEL + j] += t * t;
      sum[2 * PANEL + j] += u * u;
      sum[3 * PANEL + j] += v * v;
    }
  }
  for (int i = 0; i < POINTS; i++)
    for (int j = 0; j < PANEL; j++) out[i * PANEL + j] = panel[j] - 0.5f * sum[i * PANEL + j];
}

// Beyond the last point, the last again.
CK_INLINE void four_points(const float *z, long first, long rows, long size, const float *out[POINTS]) {
  for (long i = 0; i < POINTS; i++) out[i] = z + (first + i < rows ? first + i : rows - 1) * size;
}

CK_INLINE float largest_of_panel(const float *x) {
  float most[PANEL];
  for (int j = 0; j < PANEL; j++) most[j] = x[j];
  for (int half = PANEL / 2; half > 0; half /= 2)
    for (int j = 0; j < half; j++) most[j] = most[j] > most[j + half] ? most[j] : most[j + half];
  return most[0];
}

CK_INLINE float sum_of_exponentials(const float *x, float largest) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
  for (int j = 0; j < PANEL; j++) sum += ck_exp_negative1(x[j] - largest);
  return sum;
}

CK_CLONES void ck_mixture_log_density(
  const float *z, const float *panels, float *out, long rows, long components, long size) {
  long count = ck_mixture_panels(components), stride = (2 * size + 1) * PANEL;
  float x[POINTS * PANEL], largest[BLOCK];
  double sum[BLOCK];
  for (long start = 0; start < rows; start += BLOCK, z += BLOCK * size, out += BLOCK) {
    long width = rows - start < BLOCK ? rows - start : BLOCK;
    for (long i = 0; i < width; i++) largest[i] = lowest, sum[i] = 0.0;
    // Panels are many and come from memory, so each meets all points of the block.
    for (long p = 0; p < count; p++)
      for (long first = 0; first < width; first += POINTS) {
        const float *points[POINTS];
        four_points(z, first, width, size, points);
        panel_log_densities(points, panels + p * stride, x, size);
        for (long i = first; i < first + POINTS && i < width; i++) {
          const float *values = x + (i - first) * PANEL;
          float most = largest_of_panel(values);
          if (most > largest[i]) {
            sum[i] *= ck_exp_negative1(largest[i] - most);
            largest[i] = most;
          }
          sum[i] += sum_of_exponentials(values, largest[i]);
        }
      }
    for (long i = 0; i < width; i++) out[i] = largest[i] + ck_log1((float)sum[i]);
  }
}

CK_CLONES void ck_mixture_responsibilities(
  const float *z, const float *panels, float *out, float *log_density, long rows, long components, long size) {
  long count = ck_mixture_panels(components), stride = (2 * size + 1) * PANEL;
  float x[POINTS * PANEL];
  for (long first = 0; first < rows; first += POINTS) {
    const float *points[POINTS];
    four_points(z, first, rows, size, points);
    for (long p = 0; p < count; p++) {
      panel_log_densities(points, panels + p * stride, x, size);
      long width = components - p * PANEL < PANEL ? components - p * PANEL : PANEL;
      for (long i = first; i < first + POINTS && i < rows; i++)
        for (long j = 0; j < width; j++) out[i * components + p * PANEL + j] = x[(i - first) * PANEL + j];
    }
  }
  for (long i = 0; i < rows; i++, out += components) {
    float largest = lowest, sum = 0.0f;
    for (long k = 0; k < components; k++) largest = out[k] > largest ? out[k] : largest;
    CK_INDEPENDENT for (long k = 0; k < components; k++) out[k] = ck_exp_negative1(out[k] - largest);
    for (long k = 0; k < components; k++) sum += out[k];
    float by = 1.0f / sum;
    CK_INDEPENDENT for (long k = 0; k < components; k++) out[k] *= by;
    log_density[i] = largest + ck_log1(sum);
  }
}

CK_CLONES void ck_mixture_moments(
  const float *z, const float *responsibilities, double *weights, double *sums, double *squares, long rows,
  long components, long size) {
  for (long i = 0; i < rows; i++, z += size)
    for (long k = 0; k < components; k++) {
      double weight = responsibilities[i * components + k];
      if (weight < 1e-12) continue;  // most of them
      weights[k] += weight;
      double *sum = sums + k * size, *square = squares + k * size;
      CK_INDEPENDENT for (long d = 0; d < size; d++) {
        double part = weight * (double)z[d];
        sum[d] += part;
        square[d] += part * (double)z[d];
      }
    }
}

CK_CLONES void ck_mixture_gradient(
  const float *z, const float *mean, const float *log_variance, const float *shares, const float *dout, float *dz,
  float *dmean, float *dlog_variance, float *dlog_weight, long rows, long components, long size) {
  for (long i = 0; i < rows * size; i++) dz[i] = 0.0f;
  for (long i = 0; i < components * size; i++) dmean[i] = dlog_variance[i] = 0.0f;
  for (long k = 0; k < components; k++) {
    const float *m = mean + k * size, *v = log_variance + k * size;
    float *dm = dmean + k * size, *dv = dlog_variance + k * size;
    float inverse[size], total = 0.0f;
    CK_INDEPENDENT for (long d = 0; d < size; d++) inverse[d] = ck_exp1(-v[d]);
    for (long row = 0; row < rows; row++) {
      float part = shares[row * components + k] * dout[row];
      // Most components have no share in a point.
      if (part == 0.0f) continue;
      const float *point = z + row * size;
      float *dpoint = dz + row * size;
      total += part;
      CK_INDEPENDENT for (long d = 0; d < size; d++) {
        float apart = point[d] - m[d], pull = part * apart * inverse[d];
        dpoint[d] -= pull;
        dm[d] += pull;
        dv[d] += 0.5f * (pull * apart - part);
      }
    }
    dlog_weight[k] = total;
  }
}
