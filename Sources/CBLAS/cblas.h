// The one routine of the standard CBLAS interface that is used. Any BLAS may stand behind it.
#ifndef VAE_CBLAS_H
#define VAE_CBLAS_H

enum { CblasRowMajor = 101, CblasNoTrans = 111, CblasTrans = 112 };

void cblas_sgemm(
  int order, int transA, int transB, int m, int n, int k, float alpha, const float *a, int lda, const float *b,
  int ldb, float beta, float *c, int ldc);

// OpenBLAS built with threads of its own must not start them: the batch is already split over the cores.
void openblas_set_num_threads(int count) __attribute__((weak));

static inline void cblas_use_one_thread(void) {
  if (openblas_set_num_threads) openblas_set_num_threads(1);
}

#endif
