#include "CKernels.h"
#include "vector_math.h"

// Channels are taken some at a time, so that their sums stay in registers; sums of a few rows go on in double.
enum { CHANNELS = 32, ROWS = 64 };

// totals[c] = sum over rows of (x - center), of its square, or of its product with `weight`: what `form` says.
enum form { SUM, SQUARES, PRODUCTS };
CK_INLINE void sum_channels(
  const float *x, const float *weight, const float *center, double *totals, long rows, long channels, long width,
  enum form form) {
  for (long c = 0; c < width; c++) totals[c] = 0;
  for (long first = 0; first < rows; first += ROWS) {
    float sums[CHANNELS] = {0};
    for (long r = first; r < (first + ROWS < rows ? first + ROWS : rows); r++)
      for (long c = 0; c < width; c++) {
        float d = x[r * channels + c] - (form == SUM ? 0.0f : center[c]);
        sums[c] += form == SQUARES ? d * d : form == PRODUCTS ? d * weight[r * channels + c] : d;
      }
    for (long c = 0; c < width; c++) totals[c] += (double)sums[c];
  }
}
// A full set of channels, the usual case, is compiled as such.
#define SUM_CHANNELS(x, weight, center, totals, form)                                            \
  if (width == CHANNELS) sum_channels(x, weight, center, totals, rows, channels, CHANNELS, form); \
  else sum_channels(x, weight, center, totals, rows, channels, width, form)

// The variance is taken about the mean, not as a difference of squares, which would lose it where the mean is large.
CK_INLINE void channel_moments(const float *x, float *mean, float *variance, long rows, long channels) {
  for (long start = 0; start < channels; start += CHANNELS) {
    long width = channels - start < CHANNELS ? channels - start : CHANNELS;
    double totals[CHANNELS];
    SUM_CHANNELS(x + start, 0, 0, totals, SUM);
    for (long c = 0; c < width; c++) mean[start + c] = (float)(totals[c] / (double)rows);
    SUM_CHANNELS(x + start, 0, mean + start, totals, SQUARES);
    for (long c = 0; c < width; c++) variance[start + c] = (float)(totals[c] / (double)rows);
  }
}

// From the moments of each channel those of its group, written to each of its channels.
static void pool_moments(float *mean, float *variance, long channels, long groups) {
  long size = channels / groups;
  for (long g = 0; size > 1 && g < groups; g++, mean += size, variance += size) {
    double m = 0, v = 0;
    for (long c = 0; c < size; c++) m += (double)mean[c];
    m /= (double)size;
    for (long c = 0; c < size; c++) v += (double)variance[c] + ((double)mean[c] - m) * ((double)mean[c] - m);
    for (long c = 0; c < size; c++) {
      mean[c] = (float)m;
      variance[c] = (float)(v / (double)size);
    }
  }
}

CK_CLONES void ck_normalize(
  const float *x, const float *scale, const float *offset, const float *mean, const float *variance, float *y,
  long rows, long channels, float epsilon) {
  for (long start = 0; start < channels; start += CHANNELS) {
    long width = channels - start < CHANNELS ? channels - start : CHANNELS;
    float slope[CHANNELS], center[CHANNELS], shift[CHANNELS];
    for (long c = 0; c < width; c++) {
      slope[c] = scale[start + c] / ck_sqrt1(variance[start + c] + epsilon);
      center[c] = mean[start + c];
      shift[c] = offset[start + c];
    }
    for (long r = 0; r < rows; r++) {
      const float *from = x + r * channels + start;
      float *to = y + r * channels + start;
      CK_INDEPENDENT for (long c = 0; c < width; c++) to[c] = (from[c] - center[c]) * slope[c] + shift[c];
    }
  }
}

CK_CLONES void ck_group_normalization(
  const float *x, const float *scale, const float *offset, float *y, float *mean, float *variance, long images,
  long pixels, long channels, long groups, float epsilon) {
  for (long i = 0; i < images; i++, mean += channels, variance += channels) {
    const float *image = x + i * pixels * channels;
    channel_moments(image, mean, variance, pixels, channels);
    pool_moments(mean, variance, channels, groups);
    ck_normalize(image, scale, offset, mean, variance, y + i * pixels * channels, pixels, channels, epsilon);
  }
}

// With r = 1 / sqrt(variance + epsilon) and n = (x - mean) r, and averages over an image's group:
// dx = r (scale dy - average(scale dy) - n average(scale dy n)).
CK_INLINE void image_gradient(
  const float *x, const float *scale, const float *mean, const float *variance, const float *dy, float *dx,
  const float *dscale, const float *doffset, long rows, long channels, long groups, float epsilon, bool constant) {
  long size = channels / groups;
  double level = 0, slope = 0;
  for (long start = 0; start < channels; start += CHANNELS) {
    long width = channels - start < CHANNELS ? channels - start : CHANNELS;
    float factor[CHANNELS], center[CHANNELS], shift[CHANNELS], tilt[CHANNELS];
    for (long c = 0; c < width; c++) {
      long channel = start + c;
      float r = 1.0f / ck_sqrt1(variance[channel] + epsilon);
      if (!constant && channel % size == 0) {
        level = slope = 0;
        for (long k = channel; k < channel + size; k++) {
          level += (double)scale[k] * (double)doffset[k] / (double)(rows * size);
          slope += (double)scale[k] * (double)dscale[k] / (double)(rows * size);
        }
      }
      factor[c] = scale[channel] * r;
      center[c] = mean[channel];
      shift[c] = (float)level * r;
      tilt[c] = (float)slope * r * r;
    }
    for (long i = 0; i < rows; i++) {
      const float *from = x + i * channels + start, *slopes = dy + i * channels + start;
      float *to = dx + i * channels + start;
      CK_INDEPENDENT for (long c = 0; c < width; c++)
        to[c] = factor[c] * slopes[c] - shift[c] - tilt[c] * (from[c] - center[c]);
    }
  }
}

CK_CLONES void ck_group_normalization_gradient(
  const float *x, const float *scale, const float *mean, const float *variance, const float *dy, float *dx,
  float *dscale, float *doffset, long images, long pixels, long channels, long groups, float epsilon, bool constant) {
  long rows = pixels;
  for (long i = 0; i < images; i++) {
    const float *m = mean + i * channels, *v = variance + i * channels;
    const float *image = x + i * pixels * channels, *dimage = dy + i * pixels * channels;
    for (long start = 0; start < channels; start += CHANNELS) {
      long width = channels - start < CHANNELS ? channels - start : CHANNELS;
      double totals[CHANNELS];
      SUM_CHANNELS(dimage + start, 0, 0, totals, SUM);
      for (long c = start; c < start + width; c++) doffset[i * channels + c] = (float)totals[c - start];
      SUM_CHANNELS(image + start, dimage + start, m + start, totals, PRODUCTS);
      for (long c = start; c < start + width; c++)
        dscale[i * channels + c] = (float)(totals[c - start] / __builtin_elementwise_sqrt((double)(v[c] + epsilon)));
    }
    image_gradient(
      image, scale, m, v, dimage, dx + i * pixels * channels, dscale + i * channels, doffset + i * channels, pixels,
      channels, groups, epsilon, constant);
  }
}
