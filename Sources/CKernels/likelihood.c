#include "CKernels.h"
#include "vector_math.h"

// Sum over one row of x * l - log(1 + exp(l)), with log(1 + exp(l)) = max(l, 0) + log(1 + exp(-|l|)). The factors
// 1 + exp(-|l|) lie in [1, 2], so up to 64 of them are multiplied before one logarithm is taken.
enum { LANES = 16, FACTORS = 64 };

// Only this sum may be reordered: before it, x l - max(l, 0) has to cancel exactly. `twice` holds it doubled, which is
// (2x - 1) l - |l| and saves a comparison.
CK_INLINE float bernoulli_sum(const float *twice, const float *product) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
  for (int j = 0; j < LANES; j++) sum += 0.5f * twice[j] - ck_log1(product[j]);
  return sum;
}

CK_INLINE float bernoulli_row(const float *l, const float *x, float *residual, long size) {
  float sum = 0.0f;
  long i = 0;
  while (i < size) {
    float twice[LANES], product[LANES];
    for (int j = 0; j < LANES; j++) twice[j] = 0.0f, product[j] = 1.0f;
    long end = i + LANES * FACTORS < size ? i + LANES * FACTORS : size;
    for (; i + LANES <= end; i += LANES)
      CK_INDEPENDENT for (int j = 0; j < LANES; j++) {
        float v = l[i + j], minus = -ck_abs1(v), e = ck_exp_addend1(minus), f = 1.0f + e;
        if (residual) residual[i + j] = x[i + j] - (v >= 0.0f ? 1.0f : e) / f;
        twice[j] += (x[i + j] + x[i + j] - 1.0f) * v + minus;
        product[j] *= f;
      }
    for (int j = 0; i < end; i++, j++) {
      float v = l[i], minus = -ck_abs1(v), e = ck_exp_addend1(minus), f = 1.0f + e;
      if (residual) residual[i] = x[i] - (v >= 0.0f ? 1.0f : e) / f;
      twice[j] += (x[i] + x[i] - 1.0f) * v + minus;
      product[j] *= f;
    }
    sum += bernoulli_sum(twice, product);
  }
  return sum;
}

CK_CLONES void ck_bernoulli_log_probability(
  const float *logits, const float *x, float *out, float *residual, long draws, long batch, long size) {
  for (long k = 0; k < draws; k++)
    for (long b = 0; b < batch; b++) {
      long row = k * batch + b;
      if (residual)
        out[row] = bernoulli_row(logits + row * size, x + b * size, residual + row * size, size);
      else
        out[row] = bernoulli_row(logits + row * size, x + b * size, 0, size);
    }
}

// The residual is x - p, and p's slope p (1 - p).
CK_CLONES void ck_bernoulli_score_gradient(
  const float *residual, const float *x, const float *dout, const float *dresidual, float *dlogits, long draws,
  long batch, long size) {
  for (long row = 0; row < draws * batch; row++) {
    const float *t = x + row % batch * size;
    float weight = dout ? dout[row] : 0.0f;
    if (dresidual) {
      CK_INDEPENDENT for (long i = 0; i < size; i++) {
        float p = t[i] - residual[i];
        dlogits[i] = weight * residual[i] - dresidual[i] * (p * (1.0f - p));
      }
      dresidual += size;
    } else {
      CK_INDEPENDENT for (long i = 0; i < size; i++) dlogits[i] = weight * residual[i];
    }
    residual += size, dlogits += size;
  }
}

static const float log_two_pi = 1.8378770664f;

CK_CLONES void ck_gaussian_log_probability(
  const float *mean, const float *log_variance, const float *x, float *out, long draws, long batch, long size) {
#pragma clang fp reassociate(on)
  for (long row = 0; row < draws * batch; row++) {
    const float *m = mean + row * size, *v = log_variance + row * size, *t = x + row % batch * size;
    float sum = 0.0f;
    for (long i = 0; i < size; i++) {
      float d = t[i] - m[i];
      sum += d * d * ck_exp1(-v[i]) + v[i];
    }
    out[row] = -0.5f * (sum + log_two_pi * (float)size);
  }
}

CK_CLONES void ck_gaussian_log_probability_gradient(
  const float *mean, const float *log_variance, const float *x, const float *dout, float *dmean,
  float *dlog_variance, long draws, long batch, long size) {
  for (long row = 0; row < draws * batch; row++) {
    const float *m = mean + row * size, *v = log_variance + row * size, *t = x + row % batch * size;
    float *dm = dmean + row * size, *dv = dlog_variance + row * size, g = dout[row];
    CK_INDEPENDENT for (long i = 0; i < size; i++) {
      float d = t[i] - m[i], scaled = d * ck_exp1(-v[i]);
      dm[i] = g * scaled;
      dv[i] = 0.5f * g * (scaled * d - 1.0f);
    }
  }
}

// A logistic variable in 256 bins around 0, 1/255 ... 1, the outer two open to infinity (Salimans et al. 2017, eq. 2). With
// a, b the bin's upper and lower edge in units of the scale and w = a - b,
//   sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(-w)),
// which cancels nowhere; the outer bins lack a factor each, and the last one.
static const float half_bin = 1.0f / 510.0f;

CK_INLINE float logistic_term(float mean, float log_scale, float x) {
  float inverse = ck_exp1(-log_scale), d = x - mean;
  float w = 2.0f * half_bin * inverse;
  float upper = ck_softplus1(-(d + half_bin) * inverse), lower = ck_softplus1((d - half_bin) * inverse);
  float inner = ck_log1(-ck_expm1_negative1(w < 80.0f ? -w : -80.0f));
  float sum = x < half_bin || x > 1.0f - half_bin ? 0.0f : inner;
  sum -= x > 1.0f - half_bin ? 0.0f : upper;
  return sum - (x < half_bin ? 0.0f : lower);
}

CK_CLONES void ck_logistic_log_probability(
  const float *mean, const float *log_scale, const float *x, float *out, long draws, long batch, long size) {
#pragma clang fp reassociate(on)
  for (long row = 0; row < draws * batch; row++) {
    const float *m = mean + row * size, *s = log_scale + row * size, *t = x + row % batch * size;
    float sum = 0.0f;
    for (long i = 0; i < size; i++) sum += logistic_term(m[i], s[i], t[i]);
    out[row] = sum;
  }
}

CK_CLONES void ck_logistic_log_probability_gradient(
  const float *mean, const float *log_scale, const float *x, const float *dout, float *dmean, float *dlog_scale,
  long draws, long batch, long size) {
  for (long row = 0; row < draws * batch; row++) {
    const float *m = mean + row * size, *s = log_scale + row * size, *t = x + row % batch * size;
    float *dm = dmean + row * size, *ds = dlog_scale + row * size, g = dout[row];
    CK_INDEPENDENT for (long i = 0; i < size; i++) {
      float inverse = ck_exp1(-s[i]), d = t[i] - m[i];
      float a = (d + half_bin) * inverse, b = (d - half_bin) * inverse, w = 2.0f * half_bin * inverse;
      float v = w < 80.0f ? -w : -80.0f;
      float upper = t[i] > 1.0f - half_bin ? 0.0f : ck_sigmoid1(-a);
      float lower = t[i] < half_bin ? 0.0f : ck_sigmoid1(b);
      float inner = t[i] < half_bin || t[i] > 1.0f - half_bin ? 0.0f : w * ck_exp_negative1(v) / ck_expm1_negative1(v);
      dm[i] = g * inverse * (lower - upper);
      ds[i] = g * (b * lower - a * upper + inner);
    }
  }
}

CK_CLONES void ck_scale_rows(const float *x, const float *scale, float *out, long rows, long columns) {
  for (long r = 0; r < rows; r++, x += columns, out += columns) {
    float by = scale[r];
    CK_INDEPENDENT for (long c = 0; c < columns; c++) out[c] = x[c] * by;
  }
}
