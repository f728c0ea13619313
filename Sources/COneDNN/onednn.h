// oneDNN's matrix product, run by the thread that calls it.
#ifndef VAE_ONEDNN_H
#define VAE_ONEDNN_H

#include <stdbool.h>

#include "layout.h"

// oneDNN asks OpenMP how many threads to use. The batch is already split over the cores, so: one, and what the caller's
// own OpenMP code had set is put back.
int omp_get_max_threads(void);
void omp_set_num_threads(int count);

// out = a b, or out += a b; a is [rows, inner], b [inner, columns], row-major with the given strides, or turned over.
static inline bool onednn_multiply(
  const float *a, long a_stride, bool a_transposed, const float *b, long b_stride, bool b_transposed, long rows,
  long inner, long columns, float *out, bool adding) {
  int threads = omp_get_max_threads();
  if (threads != 1) omp_set_num_threads(1);
  dnnl_status_t status = dnnl_sgemm(
    a_transposed ? 'T' : 'N', b_transposed ? 'T' : 'N', rows, columns, inner, 1.0f, a, a_stride, b, b_stride,
    adding ? 1.0f : 0.0f, out, columns);
  if (threads != 1) omp_set_num_threads(threads);
  return status == dnnl_success;
}

#endif
