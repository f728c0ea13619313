#include "CKernels.h"
#include "vector_math.h"

// The numbers strictly below the diagonal of a triangle of `size` rows, row by row: row i begins at i (i - 1) / 2.

CK_CLONES void ck_lower_product(
  const float *lower, const float *x, float *out, long draws, long batch, long size) {
  long packed = size * (size - 1) / 2;
  for (long k = 0; k < draws; k++)
    for (long b = 0; b < batch; b++) {
      const float *row = lower + b * packed, *from = x + (k * batch + b) * size;
      float *to = out + (k * batch + b) * size;
      for (long i = 0; i < size; row += i, i++) {
        float sum = 0.0f;
        for (long j = 0; j < i; j++) sum += row[j] * from[j];
        to[i] = sum;
      }
    }
}

CK_CLONES void ck_lower_product_gradient(
  const float *x, const float *dout, float *dlower, long draws, long batch, long size) {
  long packed = size * (size - 1) / 2;
  for (long i = 0; i < batch * packed; i++) dlower[i] = 0.0f;
  for (long k = 0; k < draws; k++)
    for (long b = 0; b < batch; b++) {
      const float *from = x + (k * batch + b) * size, *d = dout + (k * batch + b) * size;
      float *row = dlower + b * packed;
      for (long i = 0; i < size; row += i, i++)
        CK_INDEPENDENT for (long j = 0; j < i; j++) row[j] += d[i] * from[j];
    }
}

CK_CLONES void ck_lower_solve(
  const float *lower, const float *diagonal, const float *y, float *x, long draws, long batch, long size) {
  long packed = size * (size - 1) / 2;
  for (long k = 0; k < draws; k++)
    for (long b = 0; b < batch; b++) {
      const float *row = lower + b * packed, *scale = diagonal + b * size, *right = y + (k * batch + b) * size;
      float *to = x + (k * batch + b) * size;
      for (long i = 0; i < size; row += i, i++) {
        float sum = right[i];
        for (long j = 0; j < i; j++) sum -= row[j] * to[j];
        to[i] = sum / scale[i];
      }
    }
}

CK_CLONES void ck_lower_solve_gradient(
  const float *lower, const float *diagonal, const float *x, const float *dx, float *dy, float *dlower,
  float *ddiagonal, long draws, long batch, long size) {
  long packed = size * (size - 1) / 2;
  for (long i = 0; i < batch * packed; i++) dlower[i] = 0.0f;
  for (long i = 0; i < batch * size; i++) ddiagonal[i] = 0.0f;
  for (long k = 0; k < draws; k++)
    for (long b = 0; b < batch; b++) {
      const float *scale = diagonal + b * size, *solved = x + (k * batch + b) * size;
      float *d = dy + (k * batch + b) * size;
      for (long i = 0; i < size; i++) d[i] = dx[(k * batch + b) * size + i];
      for (long i = size - 1; i >= 0; i--) {
        const float *row = lower + b * packed + i * (i - 1) / 2;
        float *drow = dlower + b * packed + i * (i - 1) / 2;
        float part = d[i] / scale[i];
        d[i] = part;
        ddiagonal[b * size + i] -= part * solved[i];
        CK_INDEPENDENT for (long j = 0; j < i; j++) {
          d[j] -= row[j] * part;
          drow[j] -= part * solved[j];
        }
      }
    }
}
