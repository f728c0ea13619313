#include "CKernels.h"
#include "vector_math.h"

// Far from its centre a filter is nothing at all: what is left out is below 1e-13 of its peak, and rows of zeros are
// skipped.
static const float farthest = 30.0f;

// The pixel nearest to a filter's centre is its peak. Exponents are taken relative to it, as (a - n)(a + n - 2 centre):
// nothing overflows or cancels, however far off the centre is.
CK_INLINE float nearest_pixel(float centre, long size) {
  float last = (float)(size - 1), inside = centre > 0.0f ? centre : 0.0f;
  return (float)(long)((inside < last ? inside : last) + 0.5f);
}
CK_INLINE float beyond_nearest(float a, float nearest, float centre) {
  return (a - nearest) * (a + nearest - 2.0f * centre);
}

CK_CLONES void ck_gaussian_filters(const float *places, float *filters, long batch, long points, long size) {
  for (long b = 0; b < batch; b++) {
    const float *place = places + 3 * b;
    float weight = 0.5f * ck_exp1(-place[2]);
    for (long i = 0; i < points; i++, filters += size) {
      float centre = place[0] + ((float)i - 0.5f * (float)(points - 1)) * place[1];
      float nearest = nearest_pixel(centre, size), sum = 0.0f;
      {
#pragma clang fp reassociate(on)
        for (long a = 0; a < size; a++) {
          float under = weight * beyond_nearest((float)a, nearest, centre);
          float value = under > farthest ? 0.0f : ck_exp1(-under);
          filters[a] = value;
          sum += value;
        }
      }
      float scale = 1.0f / sum;
      for (long a = 0; a < size; a++) filters[a] *= scale;
    }
  }
}

CK_CLONES void ck_gaussian_filters_gradient(
  const float *places, const float *filters, const float *dfilters, float *dplaces, long batch, long points,
  long size) {
#pragma clang fp reassociate(on)
  for (long b = 0; b < batch; b++) {
    const float *place = places + 3 * b;
    float *d = dplaces + 3 * b;
    d[0] = d[1] = d[2] = 0.0f;
    float weight = 0.5f * ck_exp1(-place[2]);
    for (long i = 0; i < points; i++, filters += size, dfilters += size) {
      float step = (float)i - 0.5f * (float)(points - 1), centre = place[0] + step * place[1];
      float nearest = nearest_pixel(centre, size), mean = 0.0f;
      for (long a = 0; a < size; a++) mean += filters[a] * dfilters[a];
      // Moments of the gradient of the exponents; as that adds up to nothing, any origin does.
      float first = 0.0f, second = 0.0f;
      for (long a = 0; a < size; a++) {
        float dexponent = filters[a] * (dfilters[a] - mean);
        first += dexponent * ((float)a - nearest);
        second += dexponent * beyond_nearest((float)a, nearest, centre);
      }
      d[0] += 2.0f * weight * first;
      d[1] += 2.0f * weight * first * step;
      d[2] += weight * second;
    }
  }
}

// row [width, channels] += or = the rows of a picture, each times its weight.
CK_INLINE void weighted_rows(
  const float *restrict picture, const float *restrict weights, float *restrict row, long rows, long numbers) {
  for (long k = 0; k < numbers; k++) row[k] = 0.0f;
  for (long h = 0; h < rows; h++) {
    float weight = weights[h];
    if (weight == 0.0f) continue;
    for (long k = 0; k < numbers; k++) row[k] += weight * picture[h * numbers + k];
  }
}

CK_INLINE float dot(const float *restrict a, const float *restrict b, long n) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
  for (long k = 0; k < n; k++) sum += a[k] * b[k];
  return sum;
}

// row [width, channels] = what a row of a patch [points, channels] spreads to.
CK_INLINE void spread_row(
  const float *restrict patch, const float *restrict x, float *restrict row, long points, long width, long channels) {
  for (long k = 0; k < width * channels; k++) row[k] = 0.0f;
  for (long m = 0; m < points; m++) {
    if (channels == 1) {
      for (long a = 0; a < width; a++) row[a] += patch[m] * x[m * width + a];
      continue;
    }
    for (long a = 0; a < width; a++)
      for (long c = 0; c < channels; c++) row[a * channels + c] += patch[m * channels + c] * x[m * width + a];
  }
}

CK_CLONES void ck_glimpse(
  const float *pictures, const float *x, const float *y, float *out, float *row, long batch, long height, long width,
  long channels, long points) {
  for (long b = 0; b < batch; b++, pictures += height * width * channels, x += points * width)
    for (long n = 0; n < points; n++, y += height, out += points * channels) {
      weighted_rows(pictures, y, row, height, width * channels);
      for (long m = 0; m < points; m++) {
        const float *filter = x + m * width;
        if (channels == 1) {
          out[m] = dot(filter, row, width);
          continue;
        }
        for (long c = 0; c < channels; c++) {
          float sum = 0.0f;
          for (long a = 0; a < width; a++) sum += filter[a] * row[a * channels + c];
          out[m * channels + c] = sum;
        }
      }
    }
}

CK_CLONES void ck_add_patch(
  const float *patches, const float *x, const float *y, float *pictures, float *row, long batch, long height,
  long width, long channels, long points) {
  long numbers = width * channels;
  for (long b = 0; b < batch; b++, pictures += height * numbers, x += points * width)
    for (long n = 0; n < points; n++, y += height, patches += points * channels) {
      spread_row(patches, x, row, points, width, channels);
      for (long h = 0; h < height; h++) {
        float weight = y[h], *restrict to = pictures + h * numbers;
        const float *restrict from = row;
        if (weight == 0.0f) continue;
        for (long k = 0; k < numbers; k++) to[k] += weight * from[k];
      }
    }
}

CK_CLONES void ck_glimpse_filters_gradient(
  const float *pictures, const float *patches, const float *x, const float *y, float *dx, float *dy, float *rows,
  long batch, long height, long width, long channels, long points) {
  long numbers = width * channels;
  float *seen = rows, *spread = rows + numbers;
  for (long b = 0; b < batch; b++, pictures += height * numbers, x += points * width, dx += points * width) {
    for (long k = 0; k < points * width; k++) dx[k] = 0.0f;
    for (long n = 0; n < points; n++, y += height, dy += height, patches += points * channels) {
      weighted_rows(pictures, y, seen, height, numbers);
      spread_row(patches, x, spread, points, width, channels);
      for (long h = 0; h < height; h++) dy[h] = dot(pictures + h * numbers, spread, numbers);
      for (long m = 0; m < points; m++) {
        float *restrict to = dx + m * width;
        const float *restrict from = seen, *restrict patch = patches + m * channels;
        if (channels == 1) {
          for (long a = 0; a < width; a++) to[a] += patch[0] * from[a];
          continue;
        }
        for (long a = 0; a < width; a++)
          for (long c = 0; c < channels; c++) to[a] += patch[c] * from[a * channels + c];
      }
    }
  }
}
