// What differs between the C interfaces of oneDNN 2 and oneDNN 3: layouts of memory are structures in 2 and handles in 3,
// and operations are described in two steps in 2 and in one in 3.
#ifndef VAE_ONEDNN_LAYOUT_H
#define VAE_ONEDNN_LAYOUT_H

#if !__has_include(<oneapi/dnnl/dnnl.h>)
#error "oneDNN's headers are missing: apt-get install libdnnl-dev (oneDNN 2 or 3)"
#endif
#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>
#include <stdbool.h>

#if DNNL_VERSION_MAJOR < 2 || DNNL_VERSION_MAJOR > 3
#error "oneDNN 2 or 3 is needed; Debian 12 has 2.6: apt-get install libdnnl-dev"
#endif

// How numbers lie in memory: the caller's own, to be given back by onednn_layout_destroy.
typedef dnnl_memory_desc_t onednn_layout;

struct onednn_window {
  dnnl_dims_t strides, before, after;  // of a convolution: down and across
};

#if DNNL_VERSION_MAJOR >= 3

typedef const_dnnl_memory_desc_t onednn_layout_ref;

static inline onednn_layout_ref onednn_ref(const onednn_layout *layout) { return *layout; }

static inline dnnl_status_t onednn_layout_make(
  onednn_layout *layout, int rank, const dnnl_dims_t sizes, dnnl_format_tag_t tag) {
  return dnnl_memory_desc_create_with_tag(layout, rank, sizes, dnnl_f32, tag);
}

static inline dnnl_status_t onednn_layout_copy(onednn_layout *layout, onednn_layout_ref other) {
  onednn_layout before = *layout;
  dnnl_status_t status = dnnl_memory_desc_clone(layout, other);
  if (!status && before) dnnl_memory_desc_destroy(before);
  return status;
}

static inline void onednn_layout_destroy(onednn_layout *layout) {
  if (*layout) dnnl_memory_desc_destroy(*layout);
  *layout = NULL;
}

static inline dnnl_status_t onednn_describe_forward(
  dnnl_primitive_desc_t *description, dnnl_engine_t engine, onednn_layout_ref images, onednn_layout_ref weights,
  onednn_layout_ref bias, onednn_layout_ref outputs, const struct onednn_window *w, dnnl_primitive_attr_t attributes) {
  dnnl_dims_t dense = {0, 0};
  return dnnl_convolution_forward_primitive_desc_create(
    description, engine, dnnl_forward_training, dnnl_convolution_direct, images, weights, bias, outputs, w->strides,
    dense, w->before, w->after, attributes);
}

static inline dnnl_status_t onednn_describe_backward_data(
  dnnl_primitive_desc_t *description, dnnl_engine_t engine, onednn_layout_ref images, onednn_layout_ref weights,
  onednn_layout_ref outputs, const struct onednn_window *w, dnnl_primitive_desc_t forward,
  dnnl_primitive_attr_t attributes) {
  dnnl_dims_t dense = {0, 0};
  return dnnl_convolution_backward_data_primitive_desc_create(
    description, engine, dnnl_convolution_direct, images, weights, outputs, w->strides, dense, w->before, w->after,
    forward, attributes);
}

static inline dnnl_status_t onednn_describe_backward_weights(
  dnnl_primitive_desc_t *description, dnnl_engine_t engine, onednn_layout_ref images, onednn_layout_ref weights,
  onednn_layout_ref bias, onednn_layout_ref outputs, const struct onednn_window *w, dnnl_primitive_desc_t forward,
  dnnl_primitive_attr_t attributes) {
  dnnl_dims_t dense = {0, 0};
  return dnnl_convolution_backward_weights_primitive_desc_create(
    description, engine, dnnl_convolution_direct, images, weights, bias, outputs, w->strides, dense, w->before,
    w->after, forward, attributes);
}

#else

typedef const dnnl_memory_desc_t *onednn_layout_ref;

static inline onednn_layout_ref onednn_ref(const onednn_layout *layout) { return layout; }

static inline dnnl_status_t onednn_layout_make(
  onednn_layout *layout, int rank, const dnnl_dims_t sizes, dnnl_format_tag_t tag) {
  return dnnl_memory_desc_init_by_tag(layout, rank, sizes, dnnl_f32, tag);
}

static inline dnnl_status_t onednn_layout_copy(onednn_layout *layout, onednn_layout_ref other) {
  *layout = *other;
  return dnnl_success;
}

static inline void onednn_layout_destroy(onednn_layout *layout) { (void)layout; }

static inline dnnl_status_t onednn_describe_forward(
  dnnl_primitive_desc_t *description, dnnl_engine_t engine, onednn_layout_ref images, onednn_layout_ref weights,
  onednn_layout_ref bias, onednn_layout_ref outputs, const struct onednn_window *w, dnnl_primitive_attr_t attributes) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_convolution_forward_desc_init(
    &operation, dnnl_forward_training, dnnl_convolution_direct, images, weights, bias, outputs, w->strides, w->before,
    w->after);
  return status ? status : dnnl_primitive_desc_create(description, &operation, attributes, engine, NULL);
}

static inline dnnl_status_t onednn_describe_backward_data(
  dnnl_primitive_desc_t *description, dnnl_engine_t engine, onednn_layout_ref images, onednn_layout_ref weights,
  onednn_layout_ref outputs, const struct onednn_window *w, dnnl_primitive_desc_t forward,
  dnnl_primitive_attr_t attributes) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_convolution_backward_data_desc_init(
    &operation, dnnl_convolution_direct, images, weights, outputs, w->strides, w->before, w->after);
  return status ? status : dnnl_primitive_desc_create(description, &operation, attributes, engine, forward);
}

static inline dnnl_status_t onednn_describe_backward_weights(
  dnnl_primitive_desc_t *description, dnnl_engine_t engine, onednn_layout_ref images, onednn_layout_ref weights,
  onednn_layout_ref bias, onednn_layout_ref outputs, const struct onednn_window *w, dnnl_primitive_desc_t forward,
  dnnl_primitive_attr_t attributes) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_convolution_backward_weights_desc_init(
    &operation, dnnl_convolution_direct, images, weights, bias, outputs, w->strides, w->before, w->after);
  return status ? status : dnnl_primitive_desc_create(description, &operation, attributes, engine, forward);
}

#endif

#endif
