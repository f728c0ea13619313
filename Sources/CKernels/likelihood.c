#include "CKernels.h"
#include "vector_math.h"

// Sum over one row of x * l - log(1 + exp(l)), with log(1 + exp(l)) = max(l, 0) + log(1 + exp(-|l|)). The factors
// 1 + exp(-|l|) lie in [1, 2], so up to 64 of them are multiplied before one logarithm is taken.
enum { LANES = 16, FACTORS = 64 };

CK_INLINE bool is_observed(float x) { return x == x; }

// Only this sum may be reordered: before it, x l - max(l, 0) has to cancel exactly. `twice` holds it doubled, which is
// (2x - 1) l - |l| and saves a comparison.
CK_INLINE float bernoulli_sum(const float *twice, const float *product) {
#pragma clang fp reassociate(on)
  float sum = 0.0f;
  for (int j = 0; j < LANES; j++) sum += 0.5f * twice[j] - ck_log1(product[j]);
  return sum;
}

// A number that is NaN is missing and adds nothing. It makes the plain sum NaN, and only then is a row done again with
// `has_gaps`: complete data pay one comparison a row.
CK_INLINE float bernoulli_row(const float *l, const float *x, float *residual, long size, bool has_gaps) {
  float sum = 0.0f;
  long i = 0;
  while (i < size) {
    float twice[LANES], product[LANES];
    for (int j = 0; j < LANES; j++) twice[j] = 0.0f, product[j] = 1.0f;
    long end = i + LANES * FACTORS < size ? i + LANES * FACTORS : size;
    for (; i + LANES <= end; i += LANES)
      CK_INDEPENDENT for (int j = 0; j < LANES; j++) {
        float v = l[i + j], minus = -ck_abs1(v), e = ck_exp_addend1(minus), f = 1.0f + e;
        bool is_seen = !has_gaps || is_observed(x[i + j]);
        if (residual) residual[i + j] = is_seen ? x[i + j] - (v >= 0.0f ? 1.0f : e) / f : 0.0f;
        twice[j] += is_seen ? (x[i + j] + x[i + j] - 1.0f) * v + minus : 0.0f;
        product[j] *= is_seen ? f : 1.0f;
      }
    for (int j = 0; i < end; i++, j++) {
      float v = l[i], minus = -ck_abs1(v), e = ck_exp_addend1(minus), f = 1.0f + e;
      bool is_seen = !has_gaps || is_observed(x[i]);
      if (residual) residual[i] = is_seen ? x[i] - (v >= 0.0f ? 1.0f : e) / f : 0.0f;
      twice[j] += is_seen ? (x[i] + x[i] - 1.0f) * v + minus : 0.0f;
      product[j] *= is_seen ? f : 1.0f;
    }
    sum += bernoulli_sum(twice, product);
  }
  return sum;
}

CK_CLONES void ck_bernoulli_log_probability(
  const float *logits, const float *x, float *out, float *residual, long draws, long batch, long size) {
  for (long k = 0; k < draws; k++)
    for (long b = 0; b < batch; b++) {
      const float *l = logits + (k * batch + b) * size, *t = x + b * size;
      float *r = residual ? residual + (k * batch + b) * size : 0;
      float sum = r ? bernoulli_row(l, t, r, size, false) : bernoulli_row(l, t, 0, size, false);
      if (sum != sum) sum = r ? bernoulli_row(l, t, r, size, true) : bernoulli_row(l, t, 0, size, true);
      out[k * batch + b] = sum;
    }
}

// The residual is x - p, and p's slope p (1 - p); both are nothing where x is missing.
CK_CLONES void ck_bernoulli_score_gradient(
  const float *residual, const float *x, const float *dout, const float *dresidual, float *dlogits, long draws,
  long batch, long size) {
  for (long row = 0; row < draws * batch; row++) {
    const float *t = x + row % batch * size;
    float weight = dout ? dout[row] : 0.0f;
    if (dresidual) {
      CK_INDEPENDENT for (long i = 0; i < size; i++) {
        float p = is_observed(t[i]) ? t[i] - residual[i] : 0.0f;
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

CK_INLINE float gaussian_row(const float *mean, const float *log_variance, const float *x, long size, bool has_gaps) {
#pragma clang fp reassociate(on)
  float sum = 0.0f, seen = 0.0f;
  for (long i = 0; i < size; i++) {
    float d = x[i] - mean[i], term = d * d * ck_exp1(-log_variance[i]) + log_variance[i];
    bool is_seen = !has_gaps || is_observed(x[i]);
    sum += is_seen ? term : 0.0f;
    seen += is_seen ? 1.0f : 0.0f;
  }
  return -0.5f * (sum + log_two_pi * (has_gaps ? seen : (float)size));
}

CK_CLONES void ck_gaussian_log_probability(
  const float *mean, const float *log_variance, const float *x, float *out, long draws, long batch, long size) {
  for (long row = 0; row < draws * batch; row++) {
    const float *m = mean + row * size, *v = log_variance + row * size, *t = x + row % batch * size;
    float sum = gaussian_row(m, v, t, size, false);
    out[row] = sum == sum ? sum : gaussian_row(m, v, t, size, true);
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
      bool is_seen = is_observed(t[i]);
      dm[i] = is_seen ? g * scaled : 0.0f;
      dv[i] = is_seen ? 0.5f * g * (scaled * d - 1.0f) : 0.0f;
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
    for (long i = 0; i < size; i++) sum += is_observed(t[i]) ? logistic_term(m[i], s[i], t[i]) : 0.0f;
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
      bool is_seen = is_observed(t[i]);
      dm[i] = is_seen ? g * inverse * (lower - upper) : 0.0f;
      ds[i] = is_seen ? g * (b * lower - a * upper + inner) : 0.0f;
    }
  }
}

CK_CLONES void ck_scale_rows(const float *x, const float *scale, float *out, long rows, long columns) {
  for (long r = 0; r < rows; r++, x += columns, out += columns) {
    float by = scale[r];
    CK_INDEPENDENT for (long c = 0; c < columns; c++) out[c] = x[c] * by;
  }
}
