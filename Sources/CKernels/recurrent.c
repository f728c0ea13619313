#include "CKernels.h"
#include "vector_math.h"

// One example's row. The four gates are stretches of one array, so the compiler has to be told that none overlaps.
CK_INLINE void lstm_row(
  float *restrict input, float *restrict forget, float *restrict candidate, float *restrict output,
  const float *restrict bias, const float *restrict cell_before, float *restrict hidden, float *restrict cell,
  long units) {
  for (long u = 0; u < units; u++) {
    float i = ck_sigmoid1(input[u] + bias[u]);
    float f = ck_sigmoid1(forget[u] + bias[units + u]);
    float g = ck_tanh1(candidate[u] + bias[2 * units + u]);
    float o = ck_sigmoid1(output[u] + bias[3 * units + u]);
    float c = f * cell_before[u] + i * g;
    input[u] = i;
    forget[u] = f;
    candidate[u] = g;
    output[u] = o;
    cell[u] = c;
    hidden[u] = o * ck_tanh1(c);
  }
}

CK_CLONES void ck_lstm(
  float *gates, const float *bias, const float *cell_before, float *hidden, float *cell, long batch, long units) {
  for (long b = 0; b < batch; b++, gates += 4 * units)
    lstm_row(
      gates, gates + units, gates + 2 * units, gates + 3 * units, bias, cell_before + b * units, hidden + b * units,
      cell + b * units, units);
}

// tanh(cell) is computed again: to write it down and read it back a sequence later takes about as long, and memory.
CK_INLINE void lstm_gradient_row(
  const float *restrict gates, const float *restrict cell_before, const float *restrict cell,
  const float *restrict dhidden, const float *restrict dcell, float *restrict dgates, float *restrict dcell_before,
  long units) {
  for (long u = 0; u < units; u++) {
    float i = gates[u], f = gates[units + u], g = gates[2 * units + u], o = gates[3 * units + u];
    float t = ck_tanh1(cell[u]);
    float dh = dhidden ? dhidden[u] : 0.0f;
    float dc = (dcell ? dcell[u] : 0.0f) + dh * o * (1.0f - t * t);
    dgates[u] = dc * g * i * (1.0f - i);
    dgates[units + u] = dc * cell_before[u] * f * (1.0f - f);
    dgates[2 * units + u] = dc * i * (1.0f - g * g);
    dgates[3 * units + u] = dh * t * o * (1.0f - o);
    dcell_before[u] = dc * f;
  }
}

// Each call has its own null pointers, which the row is compiled for.
CK_CLONES void ck_lstm_gradient(
  const float *gates, const float *cell_before, const float *cell, const float *dhidden, const float *dcell,
  float *dgates, float *dcell_before, long batch, long units) {
  for (long b = 0; b < batch; b++, gates += 4 * units, dgates += 4 * units) {
    long at = b * units;
    const float *before = cell_before + at, *c = cell + at;
    float *dbefore = dcell_before + at;
    if (dhidden && dcell)
      lstm_gradient_row(gates, before, c, dhidden + at, dcell + at, dgates, dbefore, units);
    else if (dhidden)
      lstm_gradient_row(gates, before, c, dhidden + at, 0, dgates, dbefore, units);
    else
      lstm_gradient_row(gates, before, c, 0, dcell + at, dgates, dbefore, units);
  }
}
