// Every numeric loop that is not a matrix product. Plain pointers, explicit sizes, no policy, no allocation but
// in buffer.c, no threads. Arrays are float32, contiguous, row-major. Unless said otherwise an output may be the
// same array as an input of the same size, and no other overlap is allowed.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stdint.h>

// --- buffer.c: float arrays, 64-byte aligned, kept for reuse when given back --------------------------------------
float *ck_buffer_take(long count);
void ck_buffer_give(float *buffer, long count);
long ck_buffers_live(void);          // taken and not yet given back
void ck_buffers_release_idle(void);  // hand everything kept for reuse back to the system

// Tells the processor that this thread is waiting for another.
static inline void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __builtin_arm_yield();
#endif
}

// --- elementwise.c ------------------------------------------------------------------------------------------------
void ck_add(const float *a, const float *b, float *out, long n);
void ck_subtract(const float *a, const float *b, float *out, long n);
void ck_multiply(const float *a, const float *b, float *out, long n);
void ck_divide(const float *a, const float *b, float *out, long n);
void ck_scale(const float *x, float scale, float offset, float *out, long n);         // scale * x + offset
void ck_add_scaled(float *y, const float *x, float scale, long n);                    // y += scale * x
void ck_fill(float *out, float value, long n);
void ck_exp(const float *x, float *out, long n);                                      // at most 1.2 ulp (0.92 with fused multiply-add), x in [-87.3, 88.7]
void ck_log(const float *x, float *out, long n);                                      // at most 1 ulp, normal x
void ck_sqrt(const float *x, float *out, long n);

// Activations, forward in place after adding a bias to each row, and backward in terms of the output y; SiLU and GELU in
// terms of the input instead, which their output does not tell.
enum ck_activation {
  CK_IDENTITY, CK_TANH, CK_RELU, CK_SIGMOID, CK_SOFTPLUS, CK_SILU, CK_GELU, CK_ELU, CK_LEAKY_RELU
};
void ck_bias_activation(float *y, const float *bias, long rows, long columns, int activation);  // bias may be null
void ck_activation_gradient(const float *dy, const float *y, float *dx, long n, int activation);

// --- curvature.c: the derivative of ck_activation_gradient with respect to y, times ddx ------------------------------
void ck_activation_curvature(
  const float *ddx, const float *dy, const float *y, float *out, long n, int activation);

// --- reduce.c -----------------------------------------------------------------------------------------------------
double ck_sum(const float *x, long n);
double ck_sum_of_squares(const float *x, long n);
bool ck_all_finite(const float *x, long n);
void ck_sum_rows(const float *x, float *out, long rows, long columns);     // [rows, columns] -> [columns]
void ck_sum_columns(const float *x, float *out, long rows, long columns);  // [rows, columns] -> [rows]
void ck_repeat_rows(const float *x, float *out, long rows, long columns);  // [columns] -> [rows, columns]
void ck_repeat_columns(const float *x, float *out, long rows, long columns);  // [rows] -> [rows, columns]
// Over axis 0 of [rows, columns]: log(mean(exp(x))) and softmax.
void ck_log_mean_exp_rows(const float *x, float *out, long rows, long columns);
void ck_softmax_rows(const float *x, float *out, long rows, long columns);

// --- missing.c: NaN stands for a missing number ---------------------------------------------------------------------
bool ck_any_missing(const float *x, long n);
void ck_observed(const float *x, float *out, long n);                           // 1 where there is a number, else 0
void ck_fill_missing(const float *x, const float *other, float *out, long n);   // x, where missing other
void ck_zero_missing(const float *x, float *out, long n);                       // x, where missing 0
void ck_copy_missing(const float *x, float *out, long n);                       // out becomes missing where x is
// Each pixel missing with probability `part`, in all channels; pixel i uses random number `first + i`.
void ck_make_missing(float *x, uint64_t key, uint64_t first, float part, long pixels, long channels);

// --- likelihood.c: log p(x|z) for `draws` draws of `batch` examples of `size` numbers; missing ones add nothing --------
// logits [draws, batch, size], x [batch, size] -> out [draws, batch]; residual (x - sigmoid(logits)) if not null.
void ck_bernoulli_log_probability(
  const float *logits, const float *x, float *out, float *residual, long draws, long batch, long size);
// The derivative of out and residual as functions of the logits: dout [draws, batch], dresidual as residual, or null: zeros.
void ck_bernoulli_score_gradient(
  const float *residual, const float *x, const float *dout, const float *dresidual, float *dlogits, long draws,
  long batch, long size);
// mean, log_variance [draws, batch, size], x [batch, size] -> out [draws, batch].
void ck_gaussian_log_probability(
  const float *mean, const float *log_variance, const float *x, float *out, long draws, long batch, long size);
void ck_gaussian_log_probability_gradient(
  const float *mean, const float *log_variance, const float *x, const float *dout, float *dmean,
  float *dlog_variance, long draws, long batch, long size);
// mean, log_scale [draws, batch, size], x [batch, size] of multiples of 1/255 -> out [draws, batch].
void ck_logistic_log_probability(
  const float *mean, const float *log_scale, const float *x, float *out, long draws, long batch, long size);
void ck_logistic_log_probability_gradient(
  const float *mean, const float *log_scale, const float *x, const float *dout, float *dmean, float *dlog_scale,
  long draws, long batch, long size);
// out[row, :] = x[row, :] * scale[row]
void ck_scale_rows(const float *x, const float *scale, float *out, long rows, long columns);

// --- logistic_mixture.c, logistic_mixture_values.c: 8-bit pixels ------------------------------------------------------
// parameters: for each pixel `components` numbers each of: logits; means by channel; log-scales by channel; coefficients of
// channel 1 on 0, 2 on 0, 2 on 1. channels is 1 or 3, components at most CK_MIXTURE_COMPONENTS.
enum { CK_MIXTURE_COMPONENTS = 64 };
// parameters [draws, batch, pixels, numbers], x [batch, pixels, channels] of multiples of 1/255 -> out [draws, batch];
// the gradient of each row's sum by its parameters, if not null. A pixel that is missing adds nothing; one that is missing
// in some of its channels makes its row NaN.
void ck_logistic_mixture_log_probability(
  const float *parameters, const float *x, float *out, float *gradient, long draws, long batch, long pixels,
  long channels, long components);
// parameters [pixels, numbers] -> out [pixels, channels] in [0, 1]; uniform [pixels, 1 + channels].
void ck_logistic_mixture_mean(const float *parameters, float *out, long pixels, long channels, long components);
void ck_logistic_mixture_sample(
  const float *parameters, const float *uniform, float *out, long pixels, long channels, long components);

// --- columns.c: rows of a + b numbers ---------------------------------------------------------------------------------
void ck_split_columns(const float *x, float *first, float *second, long rows, long a, long b);
void ck_join_columns(const float *first, const float *second, float *out, long rows, long a, long b);

// --- neighbours.c: points in the plane that keep their neighbours ---------------------------------------------------
// For points `first` to `last` of [count, 2]: sums over all others of affinity q d and of q^2 d, [count, 2], with the way d
// from the other point and q = 1 / (1 + |d|^2); and of q, [count]. Affinities are [count, count].
void ck_neighbour_forces(
  const float *places, const float *affinities, float *pull, float *push, double *totals, long first, long last,
  long count);

// --- triangular.c: triangles, one for each of a batch, [batch, size (size - 1) / 2] below the diagonal and
// [batch, size] on it; vectors are [draws, batch, size] -----------------------------------------------------------
// Without the diagonal.
void ck_lower_product(const float *lower, const float *x, float *out, long draws, long batch, long size);
void ck_lower_product_gradient(
  const float *x, const float *dout, float *dlower, long draws, long batch, long size);
// The x whose product with the whole triangle is y.
void ck_lower_solve(
  const float *lower, const float *diagonal, const float *y, float *x, long draws, long batch, long size);
void ck_lower_solve_gradient(
  const float *lower, const float *diagonal, const float *x, const float *dx, float *dy, float *dlower,
  float *ddiagonal, long draws, long batch, long size);

// --- posterior.c: the diagonal Gaussian q(z|x); mean, log_variance are [n], noise and z are [draws, n] --------------
void ck_gaussian_sample(
  const float *mean, const float *log_variance, const float *noise, float *z, long draws, long n);
void ck_gaussian_sample_gradient(
  const float *log_variance, const float *noise, const float *dz, float *dmean, float *dlog_variance, long draws,
  long n);
// KL(N(mean, exp(log_variance)) || N(0, 1)), each element.
void ck_gaussian_divergence(const float *mean, const float *log_variance, float *out, long n);
void ck_gaussian_divergence_gradient(
  const float *mean, const float *log_variance, const float *dout, float *dmean, float *dlog_variance, long n);
// log q(z|x) - log p(z) at z = mean + exp(log_variance / 2) noise, each element.
void ck_gaussian_log_ratio(
  const float *z, const float *log_variance, const float *noise, float *out, long draws, long n);
void ck_gaussian_log_ratio_gradient(
  const float *z, const float *dout, float *dz, float *dlog_variance, long draws, long n);
// The gradient of mean and log_variance through z alone, where dz and dratio are those of z and of the log ratio above.
// `doubly`: each draw's part times its share of dratio, dratio[k] / sum over k.
void ck_gaussian_path_gradient(
  const float *z, const float *log_variance, const float *noise, const float *dz, const float *dratio, int doubly,
  float *dmean, float *dlog_variance, long draws, long n);

// --- mixture.c: points under many diagonal Gaussians ---------------------------------------------------------------
// Gaussians are packed by panels of CK_PANEL: for each panel its constants, then for each of `size` numbers its means and
// its inverse deviations; (2 size + 1) CK_PANEL numbers to a panel. mean and deviation are [components, size], constant
// is log weight - sum of log deviations - size log(2 pi) / 2.
enum { CK_PANEL = 32 };
long ck_mixture_panels(long components);  // how many there are
void ck_mixture_pack(
  const float *mean, const float *deviation, const float *constant, float *panels, long components, long size);
// log of the sum over components of weight density: z [rows, size] -> out [rows].
void ck_mixture_log_density(
  const float *z, const float *panels, float *out, long rows, long components, long size);
// The same, and the part of each component in it: out [rows, components], each row adding up to one.
void ck_mixture_responsibilities(
  const float *z, const float *panels, float *out, float *log_density, long rows, long components, long size);
// The gradient of log densities [rows] of a mixture, from each component's share in each point, [rows, components].
void ck_mixture_gradient(
  const float *z, const float *mean, const float *log_variance, const float *shares, const float *dout, float *dz,
  float *dmean, float *dlog_variance, float *dlog_weight, long rows, long components, long size);
// Adds to weights [components], sums and squares [components, size] the points' own, by responsibility.
void ck_mixture_moments(
  const float *z, const float *responsibilities, double *weights, double *sums, double *squares, long rows,
  long components, long size);

// --- aggregate.c: draws of a batch's Gaussians under the mean of all examples' Gaussians -------------------------------
// packed: for each of `size` numbers the means, inverse variances and constants of `batch` Gaussians, 3 size batch numbers.
void ck_aggregate_pack(const float *mean, const float *log_variance, float *packed, long batch, long size);
// z [rows, size], row r drawn from Gaussian r % batch -> log of the sum over Gaussians of weight density, of all numbers
// together, joint [rows], and of each alone, marginals [rows, size]. The weight of a row's own Gaussian is exp(log_own), that
// of the others exp(log_other). scratch: 3 batch numbers.
void ck_aggregate_log_density(
  const float *z, const float *packed, float log_own, float log_other, float *joint, float *marginals, float *scratch,
  long rows, long batch, long size);
// Its gradient from those of joint and marginals. scratch: 2 (1 + size) batch numbers. No two arrays may be the same.
void ck_aggregate_gradient(
  const float *z, const float *packed, float log_own, float log_other, const float *joint, const float *marginals,
  const float *djoint, const float *dmarginals, float *dz, float *dmean, float *dlog_variance, float *scratch, long rows,
  long batch, long size);

// --- hamiltonian.c: chains at z [rows, size] in the energy |z|^2 / 2 - temperature log p(x|z), each with its own step --
void ck_drift(float *z, const float *momentum, const float *step, long rows, long size);  // z += step momentum
// momentum += part step (temperature slope - z), slope being the gradient of log p(x|z)
void ck_kick(
  float *momentum, const float *z, const float *slope, const float *step, float part, float temperature, long rows,
  long size);
// |z|^2 / 2 + |momentum|^2 / 2 - temperature log_likelihood -> out [rows]
void ck_energy(
  const float *z, const float *momentum, const float *log_likelihood, float temperature, double *out, long rows,
  long size);

// --- optimizer.c: one pass that reads and writes each array once --------------------------------------------------
// The gradient is the sum of `parts` arrays (one per shard of the batch), times `scale`.
struct ck_adam {
  float rate, beta1, beta2, epsilon;
  float correction1, correction2;  // 1 - beta^t
  float decoupled_decay;           // AdamW: parameter *= 1 - rate * decay
  float decay;                     // added to the gradient: the log density of N(0, 1/decay) on the weights
};
void ck_adam_step(
  float *parameter, const float *const *gradients, long parts, float scale, float *moment1, float *moment2,
  struct ck_adam settings, long n);
void ck_adagrad_step(
  float *parameter, const float *const *gradients, long parts, float scale, float *sum_of_squares, float rate,
  float epsilon, float decay, long n);
void ck_momentum_step(
  float *parameter, const float *const *gradients, long parts, float scale, float *velocity, float rate,
  float momentum, float decay, long n);
void ck_moving_average(float *average, const float *x, float keep, long n);  // keep * average + (1 - keep) * x

// --- random.c: Threefry-2x32-20 (Salmon et al. 2011), numbers by (key, index) ---------------------------------------
// Numbers 2j and 2j + 1 come from block j of the key.
void ck_threefry2x32(const uint32_t key[2], const uint32_t counter[2], uint32_t out[2]);
void ck_random_uniform(uint64_t key, uint64_t first, float *out, long n);  // (0, 1]
void ck_random_normal(uint64_t key, uint64_t first, float *out, long n);
void ck_bytes_to_floats(const uint8_t *bytes, float *out, long n);         // value / 255
// 1 with the stated probability, else 0; number i uses random number `first + i`.
void ck_bernoulli_from_bytes(const uint8_t *bytes, uint64_t key, uint64_t first, float *out, long n);
void ck_bernoulli_from_floats(const float *p, uint64_t key, uint64_t first, float *out, long n);

// (value + a number of [0, 1) in multiples of 2^-16) / 256, exact and below 1.
void ck_dequantize_bytes(const uint8_t *bytes, uint64_t key, uint64_t first, float *out, long n);

// --- recurrent.c: a step of a long short-term memory --------------------------------------------------------------
// gates [batch, 4 units] holds input, forget, candidate, output: in, before bias [4 units] and activation; out,
// activated. cell_before, hidden, cell are [batch, units]. No array may overlap another.
void ck_lstm(
  float *gates, const float *bias, const float *cell_before, float *hidden, float *cell, long batch, long units);
// gates as activated, cell as it came out; one of dhidden and dcell may be null: zeros. dgates is that of the
// pre-activations.
void ck_lstm_gradient(
  const float *gates, const float *cell_before, const float *cell, const float *dhidden, const float *dcell,
  float *dgates, float *dcell_before, long batch, long units);

// --- image.c: images [images, height, width, channels]; no array may overlap another ---------------------------------
// How windows lie on an image that has a border of zeros.
struct ck_windows {
  long height, width, channels;       // of an image
  long output_height, output_width;   // windows below and beside each other
  long kernel_height, kernel_width, stride_height, stride_width, padding_height, padding_width;
};
// Adds windows [rows, output_width, kernel_height, kernel_width, channels] to the images that they lie on. Row r of
// windows is number r % output_height of image r / output_height; the rows are first ..< first + rows.
void ck_add_windows(const float *windows, float *images, struct ck_windows sizes, long first, long rows);
// Each pixel becomes a block of `tall` by `wide` of it, times `scale`.
void ck_repeat_pixels(
  const float *x, float *out, long images, long height, long width, long channels, long tall, long wide, float scale);
// The reverse: the sum of each block, times `scale`; height and width are those of `out`.
void ck_sum_pixels(
  const float *x, float *out, long images, long height, long width, long channels, long tall, long wide, float scale);

// --- normalization.c: x [images, pixels, channels], by groups of channels -------------------------------------------
// y = (x - mean) / sqrt(variance + epsilon) * scale + offset, with the mean and variance over the pixels of an image and
// the channels of a group, written to mean and variance [images, channels]; scale and offset are [channels].
void ck_group_normalization(
  const float *x, const float *scale, const float *offset, float *y, float *mean, float *variance, long images,
  long pixels, long channels, long groups, float epsilon);
// dscale and doffset are [images, channels], each image's own. `constant`: mean and variance are not functions of x.
void ck_group_normalization_gradient(
  const float *x, const float *scale, const float *mean, const float *variance, const float *dy, float *dx,
  float *dscale, float *doffset, long images, long pixels, long channels, long groups, float epsilon, bool constant);
// The same with given mean and variance [channels].
void ck_normalize(
  const float *x, const float *scale, const float *offset, const float *mean, const float *variance, float *y,
  long rows, long channels, float epsilon);

// --- attention.c: grids of points that look at pictures through Gaussian filters (Gregor et al. 2015) ----------------
// places [batch, 3]: the grid's centre and its points' distance in pixels from 0, the log-variance of a filter; to filters
// [batch, points, size], each of which adds up to 1.
void ck_gaussian_filters(const float *places, float *filters, long batch, long points, long size);
void ck_gaussian_filters_gradient(
  const float *places, const float *filters, const float *dfilters, float *dplaces, long batch, long points,
  long size);
// pictures [batch, height, width, channels] through x [batch, points, width] and y [batch, points, height] to
// [batch, points, points, channels]. `row` has room for width * channels numbers.
void ck_glimpse(
  const float *pictures, const float *x, const float *y, float *out, float *row, long batch, long height, long width,
  long channels, long points);
// The reverse: patches [batch, points, points, channels] are added to pictures.
void ck_add_patch(
  const float *patches, const float *x, const float *y, float *pictures, float *row, long batch, long height,
  long width, long channels, long points);
// Of the sum of patches times the glimpses of pictures: its gradient by the filters. `rows`: twice as much room.
void ck_glimpse_filters_gradient(
  const float *pictures, const float *patches, const float *x, const float *y, float *dx, float *dy, float *rows,
  long batch, long height, long width, long channels, long points);

#endif
