#include "logistic_mixture.h"

// Mixtures of logistic variables in 256 bins (Salimans et al. 2017), 16 pixels at a time, one to a lane. Grey values are
// scaled to [-1, 1], where a bin reaches 1/255 to either side.
//
// With z = (x - mean) / scale, k = 1/255 / scale, E = exp(-|z|) and q = exp(-k), the mass of an inner bin is
//   sigmoid(z + k) - sigmoid(z - k) = E (1 - q^2) / ((1 + E q) (E + q)),
// which cancels nowhere and takes two exponentials; an outer bin lacks the factors of its open side. As the scale has a
// floor, q is above 0.01, and as it has a ceiling, the products of three channels are no denormals: one logarithm each.
enum { LANES = 16, MOST = CK_MIXTURE_COMPONENTS, CHANNELS = 3, NUMBERS = MOST * (1 + 3 * CHANNELS) };
static const float half_bin = 1.0f / 255.0f;

// The mass of a channel's bin under one component: log mass = log ratio + offset. The derivatives by the mean and by the
// raw log-scale, where they are wanted, take the places of these two.
CK_INLINE void channel_mass(
  const float *x, const float *center, float *mean, float *scale, float *ratio, float *offset, bool wants_gradient) {
#pragma clang fp contract(off)  // so that the value is the same to the last bit with and without a gradient
  CK_INDEPENDENT for (int j = 0; j < LANES; j++) {
    // scale = exp(-7 + softplus(raw + 7)) = exp(-7) (1 + e), so that it takes no logarithm.
    float e = scale_above_floor(scale[j]), part = 1.0f / (1.0f + e), inverse = floor_inverse * part;
    float z = clamp1((x[j] - center[j]) * inverse, far_away), a = ck_abs1(z);
    float k = half_bin * inverse, minus = ck_expm1_negative1(-k), q = 1.0f + minus, gap = -minus * (1.0f + q);
    float E = ck_exp_addend1(-a), near = 1.0f + E * q, far = E + q;
    int low = x[j] < half_bin - 1.0f, high = x[j] > 1.0f - half_bin, open = low | high, above = z >= 0.0f;
    int inside = (low & above) | (high & !above);  // an open bin that holds the mean
    ratio[j] *= (open ? 1.0f : gap) / (open ? (inside ? near : far) : near * far);
    offset[j] -= inside ? 0.0f : a;
    if (wants_gradient) {
      float small = E * q / near, large = q / far;  // sigmoids of the two edges
      float upper = high ? 0.0f : (above ? small : large), lower = low ? 0.0f : (above ? large : small);
      float inner = open ? 0.0f : 2.0f * q * q / gap;
      float dz = upper - lower, dk = upper + lower + inner;
      mean[j] = -inverse * dz;
      scale[j] = -e * part * (z * dz + k * dk);
    }
  }
}

// Adds the log mass of a pixel's channels under component m; each channel's mean moves with those before it.
CK_INLINE void component_mass(
  float *p, const float *x, float *out, long m, long channels, long components, bool wants_gradient) {
  float ratio[LANES], offset[LANES], center[LANES];
  for (int j = 0; j < LANES; j++) ratio[j] = 1.0f, offset[j] = 0.0f;
  for (long c = 0; c < channels; c++) {
    float *mean = p + (mean_at(c) * components + m) * LANES;
    float *scale = p + (scale_at(c, channels) * components + m) * LANES;
    for (int j = 0; j < LANES; j++) center[j] = mean[j];
    for (long d = 0; d < c; d++) {
      float *coefficient = p + (coefficient_at(c, d, channels) * components + m) * LANES;
      const float *lower = x + d * LANES;
      CK_INDEPENDENT for (int j = 0; j < LANES; j++) {
        float t = ck_tanh1(coefficient[j]);
        center[j] += t * lower[j];
        if (wants_gradient) coefficient[j] = (1.0f - t * t) * lower[j];
      }
    }
    channel_mass(x + c * LANES, center, mean, scale, ratio, offset, wants_gradient);
    if (wants_gradient)
      for (long d = 0; d < c; d++) {
        float *coefficient = p + (coefficient_at(c, d, channels) * components + m) * LANES;
        for (int j = 0; j < LANES; j++) coefficient[j] *= mean[j];
      }
  }
  for (int j = 0; j < LANES; j++) out[j] += offset[j] + ck_log1(ratio[j]);
}

// Replaces values [components, LANES] by their parts in the sum of exponentials; its logarithm is most + log_sum.
CK_INLINE void softmax(float *values, float *most, float *log_sum, long components) {
  float sum[LANES];
  for (int j = 0; j < LANES; j++) most[j] = values[j], sum[j] = 0.0f;
  for (long m = 1; m < components; m++)
    for (int j = 0; j < LANES; j++) most[j] = values[m * LANES + j] > most[j] ? values[m * LANES + j] : most[j];
  for (long m = 0; m < components; m++)
    CK_INDEPENDENT for (int j = 0; j < LANES; j++) {
      values[m * LANES + j] = ck_exp_addend1(values[m * LANES + j] - most[j]);
      sum[j] += values[m * LANES + j];
    }
  for (int j = 0; j < LANES; j++) log_sum[j] = ck_log1(sum[j]), sum[j] = 1.0f / sum[j];
  for (long m = 0; m < components; m++)
    for (int j = 0; j < LANES; j++) values[m * LANES + j] *= sum[j];
}

// log p of 16 pixels with numbers p [numbers, LANES] and values x [channels, LANES]; p becomes the gradient if wanted.
CK_INLINE void pixels_log_probability(
  float *p, const float *x, float *out, long channels, long components, bool wants_gradient) {
  float joint[MOST * LANES], most[LANES], log_sum[LANES];
  for (long i = 0; i < components * LANES; i++) joint[i] = p[i] = clamp1(p[i], far_away);
  softmax(p, most, log_sum, components);
  for (long m = 0; m < components; m++) {
    // Normalised first: beside a huge logit the mass would be lost to rounding, and so would the logarithm.
    for (int j = 0; j < LANES; j++) joint[m * LANES + j] = joint[m * LANES + j] - most[j] - log_sum[j];
    component_mass(p, x, joint + m * LANES, m, channels, components, wants_gradient);
  }
  softmax(joint, most, log_sum, components);
  for (int j = 0; j < LANES; j++) out[j] = most[j] + log_sum[j];
  if (!wants_gradient) return;
  // What is left of each derivative is the component's part in the pixel's probability.
  for (long block = 1; block < numbers_of(channels, 1); block++)
    for (long i = 0; i < components * LANES; i++) p[block * components * LANES + i] *= joint[i];
  for (long i = 0; i < components * LANES; i++) p[i] = joint[i] - p[i];
}

// Pixels that are missing, NaN in all their channels, add nothing: 0 in `keep`, and values that do no harm. One that lacks
// some channels only would need a sum over all that those may be, and has no likelihood here: NaN.
CK_INLINE void find_missing(float *x, float *keep, long channels) {
  for (int j = 0; j < LANES; j++) {
    long gaps = 0;
    for (long c = 0; c < channels; c++) gaps += x[c * LANES + j] != x[c * LANES + j];
    keep[j] = gaps == 0 ? 1.0f : (gaps == channels ? 0.0f : __builtin_nanf(""));
    for (long c = 0; c < channels && gaps > 0; c++) x[c * LANES + j] = 0.0f;
  }
}
CK_INLINE void drop_missing(float *p, float *out, const float *keep, long numbers) {
  for (int j = 0; j < LANES; j++) out[j] *= keep[j];
  for (long n = 0; n < numbers; n++)
    for (int j = 0; j < LANES; j++) p[n * LANES + j] *= keep[j];
}

// A tile of 16 x 16 numbers, rows to columns, by four perfect shuffles of its rows.
typedef float tile_row __attribute__((vector_size(64)));
CK_INLINE void transpose(tile_row *r) {
  tile_row t[LANES];
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 8; i++) {
      t[2 * i] = __builtin_shufflevector(r[i], r[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      t[2 * i + 1] =
        __builtin_shufflevector(r[i], r[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (int i = 0; i < 8; i++) {
      r[2 * i] = __builtin_shufflevector(t[i], t[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      r[2 * i + 1] =
        __builtin_shufflevector(t[i], t[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
  }
}

// Pixels [LANES, numbers] to lanes [numbers, LANES], and back. A last tile may overlap the one before.
CK_INLINE void to_lanes(const float *pixels, float *lanes, long numbers) {
  tile_row r[LANES];
  for (long n = 0; n < numbers; n += LANES) {
    long first = n + LANES <= numbers ? n : numbers - LANES;
    for (int j = 0; j < LANES; j++) memcpy(r + j, pixels + j * numbers + first, sizeof *r);
    transpose(r);
    memcpy(lanes + first * LANES, r, sizeof r);
  }
}
CK_INLINE void from_lanes(const float *lanes, float *pixels, long numbers) {
  tile_row r[LANES];
  for (long n = 0; n < numbers; n += LANES) {
    long first = n + LANES <= numbers ? n : numbers - LANES;
    memcpy(r, lanes + first * LANES, sizeof r);
    transpose(r);
    for (int j = 0; j < LANES; j++) memcpy(pixels + j * numbers + first, r + j, sizeof *r);
  }
}

CK_INLINE float row_log_probability(
  const float *parameters, const float *x, float *gradient, long pixels, long channels, long components) {
  long numbers = numbers_of(channels, components);
  float p[NUMBERS * LANES], values[CHANNELS * LANES], out[LANES], sum[LANES], keep[LANES];
  for (int j = 0; j < LANES; j++) sum[j] = 0.0f;
  for (long first = 0; first < pixels; first += LANES) {
    const float *from = parameters + first * numbers;
    long width = pixels - first < LANES ? pixels - first : LANES;
    bool is_whole = width == LANES && numbers >= LANES;
    if (is_whole)
      to_lanes(from, p, numbers);
    else  // beyond the last pixel, the last again
      for (long j = 0; j < LANES; j++)
        for (long n = 0; n < numbers; n++) p[n * LANES + j] = from[(j < width ? j : width - 1) * numbers + n];
    bool has_gaps = false;
    for (long j = 0; j < LANES; j++)
      for (long c = 0; c < channels; c++) {
        float v = 2.0f * x[(first + (j < width ? j : width - 1)) * channels + c] - 1.0f;
        values[c * LANES + j] = v;
        has_gaps |= v != v;
      }
    if (has_gaps) find_missing(values, keep, channels);
    pixels_log_probability(p, values, out, channels, components, gradient != 0);
    if (has_gaps) drop_missing(p, out, keep, numbers);
    for (int j = 0; j < LANES; j++) sum[j] += j < width ? out[j] : 0.0f;
    if (!gradient) continue;
    float *to = gradient + first * numbers;
    if (is_whole)
      from_lanes(p, to, numbers);
    else
      for (long j = 0; j < width; j++)
        for (long n = 0; n < numbers; n++) to[j * numbers + n] = p[n * LANES + j];
  }
  float total = 0.0f;
  for (int j = 0; j < LANES; j++) total += sum[j];
  return total;
}

CK_CLONES void ck_logistic_mixture_log_probability(
  const float *parameters, const float *x, float *out, float *gradient, long draws, long batch, long pixels,
  long channels, long components) {
  long size = pixels * numbers_of(channels, components);
  for (long row = 0; row < draws * batch; row++) {
    const float *p = parameters + row * size, *t = x + row % batch * pixels * channels;
    float *g = gradient ? gradient + row * size : 0;
    // Each case is compiled for itself.
    if (channels == 1 && g)
      out[row] = row_log_probability(p, t, g, pixels, 1, components);
    else if (channels == 1)
      out[row] = row_log_probability(p, t, 0, pixels, 1, components);
    else if (g)
      out[row] = row_log_probability(p, t, g, pixels, 3, components);
    else
      out[row] = row_log_probability(p, t, 0, pixels, 3, components);
  }
}
