// oneDNN's convolution and the derivatives of it, run by the thread that calls them.
//
// Images are [batch, height, width, channels], weights [kernel height, kernel width, channels, filters]. oneDNN works
// with weights in blocks of its own choice: they are put into those first, which costs little more than reading them.
#ifndef VAE_ONEDNN_CONVOLUTION_H
#define VAE_ONEDNN_CONVOLUTION_H

#include <stdbool.h>
#include <string.h>

#include "layout.h"
#include "onednn.h"

struct onednn_convolution_sizes {
  long batch, height, width, channels, filters;
  long output_height, output_width;
  long kernel_height, kernel_width, stride_height, stride_width, padding_height, padding_width;
};

enum onednn_direction { ONEDNN_FORWARD, ONEDNN_BACKWARD_DATA, ONEDNN_BACKWARD_WEIGHTS };

// Compiled for one set of sizes; several threads may run it at once.
struct onednn_convolution {
  dnnl_engine_t engine;
  dnnl_primitive_t convolve, reorder;  // no reorder: the weights are as oneDNN wants them
  onednn_layout images, outputs, weights, blocks, bias, scratchpad;
  enum onednn_direction direction;
};

static inline bool onednn_engine_make(dnnl_engine_t *engine) {
  return dnnl_engine_create(engine, dnnl_cpu, 0) == dnnl_success;
}

static inline dnnl_status_t onednn_convolution_describe(
  struct onednn_convolution *c, const struct onednn_convolution_sizes *s) {
  dnnl_dims_t images = {s->batch, s->channels, s->height, s->width};
  dnnl_dims_t outputs = {s->batch, s->filters, s->output_height, s->output_width};
  dnnl_dims_t weights = {s->filters, s->channels, s->kernel_height, s->kernel_width}, bias = {s->filters};
  dnnl_status_t status = onednn_layout_make(&c->images, 4, images, dnnl_nhwc);
  if (!status) status = onednn_layout_make(&c->outputs, 4, outputs, dnnl_nhwc);
  if (!status) status = onednn_layout_make(&c->weights, 4, weights, dnnl_hwio);
  if (!status) status = onednn_layout_make(&c->blocks, 4, weights, dnnl_format_tag_any);
  if (!status) status = onednn_layout_make(&c->bias, 1, bias, dnnl_x);
  return status;
}

static inline dnnl_status_t onednn_convolution_compile(
  struct onednn_convolution *c, const struct onednn_convolution_sizes *s, dnnl_primitive_attr_t attributes,
  dnnl_primitive_desc_t *forward, dnnl_primitive_desc_t *description) {
  // `after` is what the last window lacks below and to the right; less than nothing where it does not reach the edge.
  struct onednn_window window = {
    .strides = {s->stride_height, s->stride_width},
    .before = {s->padding_height, s->padding_width},
    .after = {
      (s->output_height - 1) * s->stride_height + s->kernel_height - s->height - s->padding_height,
      (s->output_width - 1) * s->stride_width + s->kernel_width - s->width - s->padding_width}};
  onednn_layout_ref images = onednn_ref(&c->images), outputs = onednn_ref(&c->outputs);
  onednn_layout_ref blocks = onednn_ref(&c->blocks), bias = onednn_ref(&c->bias);
  bool is_forward = c->direction == ONEDNN_FORWARD;
  dnnl_status_t status = onednn_describe_forward(
    forward, c->engine, images, blocks, bias, outputs, &window, is_forward ? attributes : NULL);
  if (status || is_forward) return status;
  if (c->direction == ONEDNN_BACKWARD_DATA)
    return onednn_describe_backward_data(
      description, c->engine, images, blocks, outputs, &window, *forward, attributes);
  return onednn_describe_backward_weights(
    description, c->engine, images, blocks, bias, outputs, &window, *forward, attributes);
}

static inline dnnl_status_t onednn_convolution_finish(
  struct onednn_convolution *c, dnnl_primitive_desc_t description) {
  bool writes_weights = c->direction == ONEDNN_BACKWARD_WEIGHTS;
  dnnl_query_t query = writes_weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
  dnnl_status_t status = onednn_layout_copy(&c->blocks, dnnl_primitive_desc_query_md(description, query, 0));
  if (!status)
    status = onednn_layout_copy(
      &c->scratchpad, dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0));
  if (!status) status = dnnl_primitive_create(&c->convolve, description);
  onednn_layout_ref blocks = onednn_ref(&c->blocks), weights = onednn_ref(&c->weights);
  if (status || dnnl_memory_desc_equal(blocks, weights)) return status;
  dnnl_primitive_desc_t reordering = NULL;
  status = dnnl_reorder_primitive_desc_create(
    &reordering, writes_weights ? blocks : weights, c->engine, writes_weights ? weights : blocks, c->engine, NULL);
  if (!status) status = dnnl_primitive_create(&c->reorder, reordering);
  if (reordering) dnnl_primitive_desc_destroy(reordering);
  return status;
}

// Compiles a convolution, or a derivative of it; false if oneDNN will not have these sizes.
static inline bool onednn_convolution_make(
  struct onednn_convolution *c, dnnl_engine_t engine, const struct onednn_convolution_sizes *sizes,
  enum onednn_direction direction) {
  memset(c, 0, sizeof *c);
  c->engine = engine;
  c->direction = direction;
  int threads = omp_get_max_threads();
  if (threads != 1) omp_set_num_threads(1);
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_primitive_desc_t forward = NULL, backward = NULL;
  dnnl_status_t status = dnnl_primitive_attr_create(&attributes);
  if (!status) status = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  if (!status) status = onednn_convolution_describe(c, sizes);
  if (!status) status = onednn_convolution_compile(c, sizes, attributes, &forward, &backward);
  if (!status) status = onednn_convolution_finish(c, backward ? backward : forward);
  if (backward) dnnl_primitive_desc_destroy(backward);
  if (forward) dnnl_primitive_desc_destroy(forward);
  if (attributes) dnnl_primitive_attr_destroy(attributes);
  if (threads != 1) omp_set_num_threads(threads);
  return status == dnnl_success;
}

static inline void onednn_convolution_destroy(struct onednn_convolution *c) {
  if (c->convolve) dnnl_primitive_destroy(c->convolve);
  if (c->reorder) dnnl_primitive_destroy(c->reorder);
  onednn_layout *layouts[] = {&c->images, &c->outputs, &c->weights, &c->blocks, &c->bias, &c->scratchpad};
  for (int i = 0; i < 6; i++) onednn_layout_destroy(layouts[i]);
}

// Memory that a run needs, in floats: for the weights in blocks, and for oneDNN itself. Begins at 64 bytes each.
static inline long onednn_block_floats(const struct onednn_convolution *c) {
  return c->reorder ? (long)(dnnl_memory_desc_get_size(onednn_ref(&c->blocks)) + 63) / 64 * 16 : 0;
}
static inline long onednn_scratch_floats(const struct onednn_convolution *c) {
  return (long)(dnnl_memory_desc_get_size(onednn_ref(&c->scratchpad)) + 63) / 64 * 16;
}

static inline dnnl_status_t onednn_argument(
  dnnl_exec_arg_t *argument, int which, const onednn_layout *layout, dnnl_engine_t engine,
  const float *numbers) {
  argument->arg = which;
  argument->memory = NULL;
  return dnnl_memory_create(&argument->memory, onednn_ref(layout), engine, (void *)numbers);
}

static inline bool onednn_run(dnnl_primitive_t primitive, dnnl_engine_t engine, dnnl_exec_arg_t *arguments, int count) {
  dnnl_stream_t stream = NULL;
  dnnl_status_t status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
  int threads = omp_get_max_threads();
  if (threads != 1) omp_set_num_threads(1);
  if (!status) status = dnnl_primitive_execute(primitive, stream, count, arguments);
  if (!status) status = dnnl_stream_wait(stream);
  if (threads != 1) omp_set_num_threads(threads);
  if (stream) dnnl_stream_destroy(stream);
  return status == dnnl_success;
}

// weights to blocks, or, for ONEDNN_BACKWARD_WEIGHTS, blocks to weights.
static inline bool onednn_convolution_reorder(
  const struct onednn_convolution *c, const float *weights, const float *blocks) {
  bool writes_weights = c->direction == ONEDNN_BACKWARD_WEIGHTS;
  dnnl_exec_arg_t a[2] = {{0}};
  dnnl_status_t status =
    onednn_argument(&a[0], writes_weights ? DNNL_ARG_TO : DNNL_ARG_FROM, &c->weights, c->engine, weights);
  if (!status)
    status = onednn_argument(&a[1], writes_weights ? DNNL_ARG_FROM : DNNL_ARG_TO, &c->blocks, c->engine, blocks);
  bool is_done = !status && onednn_run(c->reorder, c->engine, a, 2);
  for (int i = 0; i < 2; i++)
    if (a[i].memory) dnnl_memory_destroy(a[i].memory);
  return is_done;
}

// Forward: outputs from images, weights (in blocks) and bias. Backward: the gradient of images from that of outputs and
// the weights; or the gradients of weights and bias from images and the gradient of outputs. `scratch` is written to.
static inline bool onednn_convolution_run(
  const struct onednn_convolution *c, const float *images, const float *blocks, const float *bias,
  const float *outputs, float *scratch) {
  bool data = c->direction == ONEDNN_BACKWARD_DATA, weights = c->direction == ONEDNN_BACKWARD_WEIGHTS;
  dnnl_exec_arg_t a[5] = {{0}};
  dnnl_status_t status =
    onednn_argument(&a[0], data ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, &c->images, c->engine, images);
  if (!status)
    status = onednn_argument(&a[1], weights ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, &c->blocks, c->engine, blocks);
  if (!status)
    status = onednn_argument(
      &a[2], data || weights ? DNNL_ARG_DIFF_DST : DNNL_ARG_DST, &c->outputs, c->engine, outputs);
  if (!status) status = onednn_argument(&a[3], DNNL_ARG_SCRATCHPAD, &c->scratchpad, c->engine, scratch);
  if (!status && !data)
    status = onednn_argument(&a[4], weights ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS, &c->bias, c->engine, bias);
  bool is_done = !status && onednn_run(c->convolve, c->engine, a, data ? 4 : 5);
  for (int i = 0; i < 5; i++)
    if (a[i].memory) dnnl_memory_destroy(a[i].memory);
  return is_done;
}

#endif
