#include "logistic_mixture.h"

// A pixel's channels under component m: its raw numbers, by channel.
struct component {
  float mean[3], scale[3], coefficient[3];
};

CK_INLINE struct component component_of(const float *p, long m, long channels, long components) {
  struct component out;
  long pairs = channels * (channels - 1) / 2;
  for (long c = 0; c < channels; c++) {
    out.mean[c] = clamp1(p[mean_at(c) * components + m], far_away);
    out.scale[c] = (1.0f + scale_above_floor(p[scale_at(c, channels) * components + m])) / floor_inverse;
  }
  for (long i = 0; i < pairs; i++) out.coefficient[i] = ck_tanh1(p[(coefficient_at(1, 0, channels) + i) * components + m]);
  return out;
}

// The mean of channel c, given the values of those before it.
CK_INLINE float center_of(const struct component *q, const float *lower, long c) {
  float center = q->mean[c];
  for (long d = 0; d < c; d++) center += q->coefficient[c * (c - 1) / 2 + d] * lower[d];
  return center;
}

// The mean of a logistic variable held to [-1, 1].
CK_INLINE float held_mean(float center, float s) {
  // So wide that the difference below would be lost to rounding, and the density is a straight line.
  if (s > 20.0f) return 2.0f * ck_sigmoid1(center / s) - 1.0f;
  float m = clamp1(center, 1.0f + 90.0f * s);
  return clamp1(s * (ck_softplus1((m + 1.0f) / s) - ck_softplus1((m - 1.0f) / s)) - 1.0f, 1.0f);
}

CK_INLINE float largest_logit(const float *p, long components) {
  float most = clamp1(p[0], far_away);
  for (long m = 1; m < components; m++) {
    float logit = clamp1(p[m], far_away);
    most = logit > most ? logit : most;
  }
  return most;
}
CK_INLINE float weight_of(float logit, float most) { return ck_exp_negative1(clamp1(logit, far_away) - most); }

void ck_logistic_mixture_mean(const float *parameters, float *out, long pixels, long channels, long components) {
  long numbers = numbers_of(channels, components);
  for (long i = 0; i < pixels; i++, parameters += numbers, out += channels) {
    float most = largest_logit(parameters, components), total = 0.0f, sums[3] = {0.0f, 0.0f, 0.0f};
    for (long m = 0; m < components; m++) {
      float weight = weight_of(parameters[m], most), means[3];
      struct component q = component_of(parameters, m, channels, components);
      total += weight;
      for (long c = 0; c < channels; c++) {
        means[c] = held_mean(center_of(&q, means, c), q.scale[c]);
        sums[c] += weight * means[c];
      }
    }
    for (long c = 0; c < channels; c++) out[c] = 0.5f + 0.5f * sums[c] / total;
  }
}

void ck_logistic_mixture_sample(
  const float *parameters, const float *uniform, float *out, long pixels, long channels, long components) {
  long numbers = numbers_of(channels, components);
  for (long i = 0; i < pixels; i++, parameters += numbers, out += channels, uniform += 1 + channels) {
    float most = largest_logit(parameters, components), total = 0.0f, sum = 0.0f, values[3];
    for (long m = 0; m < components; m++) total += weight_of(parameters[m], most);
    float mark = uniform[0] * total;
    long chosen = 0;
    for (; chosen < components - 1; chosen++) {
      sum += weight_of(parameters[chosen], most);
      if (mark <= sum) break;
    }
    struct component q = component_of(parameters, chosen, channels, components);
    for (long c = 0; c < channels; c++) {
      float u = uniform[1 + c], logit = ck_log1(u) - ck_log1(1.0f - u);
      float grey = (center_of(&q, values, c) + q.scale[c] * logit) * 127.5f + 127.5f;
      grey = grey > 0.0f ? grey : 0.0f;
      out[c] = (float)(int32_t)((grey < 255.0f ? grey : 255.0f) + 0.5f) / 255.0f;
      values[c] = 2.0f * out[c] - 1.0f;
    }
  }
}
