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

// Both subtract the largest row first, so that exp neither overflows nor loses the largest term.
static void largest_row(const float *x, float *out, long rows, long columns) {
  for (long c = 0; c < columns; c++) out[c] = x[c];
  for (long r = 1; r < rows; r++)
    for (long c = 0; c < columns; c++) out[c] = x[r * columns + c] > out[c] ? x[r * columns + c] : out[c];
}
CK_CLONES void ck_log_mean_exp_rows(const float *x, float *out, long rows, long columns) {
  largest_row(x, out, rows, columns);
  for (long c = 0; c < columns; c++) {
    float sum = 0.0f, largest = out[c];
    for (long r = 0; r < rows; r++) sum += ck_exp1(x[r * columns + c] - largest);
    out[c] = largest + ck_log1(sum / (float)rows);
  }
}
CK_CLONES void ck_softmax_rows(const float *x, float *out, long rows, long columns) {
  for (long c = 0; c < columns; c++) {
    float largest = x[c], sum = 0.0f;
    for (long r = 1; r < rows; r++) largest = x[r * columns + c] > largest ? x[r * columns + c] : largest;
    for (long r = 0; r < rows; r++) sum += out[r * columns + c] = ck_exp1(x[r * columns + c] - largest);
    for (long r = 0; r < rows; r++) out[r * columns + c] /= sum;
  }
}
