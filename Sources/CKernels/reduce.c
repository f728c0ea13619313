#include "CKernels.h"
#include "vector_math.h"

// Sums accumulate in double: a batch of losses is added up exactly enough to compare runs.
CK_CLONES double ck_sum(const float *x, long n) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (long i = 0; i < n; i++) sum += (double)x[i];
  return sum;
}
CK_CLONES double ck_sum_of_squares(const float *x, long n) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (long i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}
// Infinity and NaN have all exponent bits set.
CK_CLONES bool ck_all_finite(const float *x, long n) {
  uint32_t worst = 0;
  for (long i = 0; i < n; i++) {
    uint32_t exponent = ck_to_bits(x[i]) & 0x7f800000u;
    worst = exponent > worst ? exponent : worst;
  }
  return worst != 0x7f800000u;
}
CK_CLONES void ck_sum_rows(const float *x, float *out, long rows, long columns) {
  for (long c = 0; c < columns; c++) out[c] = 0.0f;
  for (long r = 0; r < rows; r++, x += columns)
    for (long c = 0; c < columns; c++) out[c] += x[c];
}
CK_CLONES void ck_sum_columns(const float *x, float *out, long rows, long columns) {
#pragma clang fp reassociate(on)
  for (long r = 0; r < rows; r++, x += columns) {
    float sum = 0.0f;
    for (long c = 0; c < columns; c++) sum += x[c];
    out[r] = sum;
  }
}
CK_CLONES void ck_repeat_rows(const float *x, float *out, long rows, long columns) {
  for (long r = 0; r < rows; r++, out += columns)
    for (long c = 0; c < columns; c++) out[c] = x[c];
}
CK_CLONES void ck_repeat_columns(const float *x, float *out, long rows, long columns) {
  for (long r = 0; r < rows; r++, out += columns)
    for (long c = 0; c < columns; c++) out[c] = x[r];
}

// Both subtract the largest row first, so that exp neither overflows nor loses the largest term. Columns are taken some
// at a time, and of these a row at a time, as they lie in memory.
enum { COLUMNS = 64 };

CK_INLINE void largest_row(const float *x, float *largest, long rows, long columns, long width) {
  for (long c = 0; c < width; c++) largest[c] = x[c];
  for (long r = 1; r < rows; r++)
    for (long c = 0; c < width; c++) largest[c] = x[r * columns + c] > largest[c] ? x[r * columns + c] : largest[c];
}
CK_CLONES void ck_log_mean_exp_rows(const float *x, float *out, long rows, long columns) {
  for (long start = 0; start < columns; start += COLUMNS, x += COLUMNS, out += COLUMNS) {
    long width = columns - start < COLUMNS ? columns - start : COLUMNS;
    float largest[COLUMNS], sum[COLUMNS] = {0};
    largest_row(x, largest, rows, columns, width);
    for (long r = 0; r < rows; r++)
      for (long c = 0; c < width; c++) sum[c] += ck_exp1(x[r * columns + c] - largest[c]);
    for (long c = 0; c < width; c++) out[c] = largest[c] + ck_log1(sum[c] / (float)rows);
  }
}
CK_CLONES void ck_softmax_rows(const float *x, float *out, long rows, long columns) {
  for (long start = 0; start < columns; start += COLUMNS, x += COLUMNS, out += COLUMNS) {
    long width = columns - start < COLUMNS ? columns - start : COLUMNS;
    float largest[COLUMNS], sum[COLUMNS] = {0};
    largest_row(x, largest, rows, columns, width);
    for (long r = 0; r < rows; r++)
      CK_INDEPENDENT for (long c = 0; c < width; c++)
        sum[c] += out[r * columns + c] = ck_exp1(x[r * columns + c] - largest[c]);
    for (long r = 0; r < rows; r++)
      for (long c = 0; c < width; c++) out[r * columns + c] /= sum[c];
  }
}
