#include "CKernels.h"
#include "vector_math.h"

CK_CLONES void ck_drift(float *z, const float *momentum, const float *step, long rows, long size) {
  for (long r = 0; r < rows; r++, z += size, momentum += size) {
    float by = step[r];
    CK_INDEPENDENT for (long i = 0; i < size; i++) z[i] += by * momentum[i];
  }
}

CK_CLONES void ck_kick(
  float *momentum, const float *z, const float *slope, const float *step, float part, float temperature, long rows,
  long size) {
  for (long r = 0; r < rows; r++, momentum += size, z += size, slope += size) {
    float by = part * step[r];
    CK_INDEPENDENT for (long i = 0; i < size; i++) momentum[i] += by * (temperature * slope[i] - z[i]);
  }
}

CK_CLONES void ck_energy(
  const float *z, const float *momentum, const float *log_likelihood, float temperature, double *out, long rows,
  long size) {
  for (long r = 0; r < rows; r++, z += size, momentum += size) {
    float sum = 0.0f;
    for (long i = 0; i < size; i++) sum += z[i] * z[i] + momentum[i] * momentum[i];
    out[r] = (double)sum / 2 - (double)temperature * (double)log_likelihood[r];
  }
}
