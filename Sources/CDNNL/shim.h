// The difference between oneDNN 2.x and 3.x, absorbed: every call whose form changed has one form here.
//
// Layouts (memory descriptors) are opaque handles that the caller destroys; every creating function sets
// `*result` on success only. Primitive descriptors use scratchpads owned by the caller.
#ifndef CERTIFY_CDNNL_SHIM_H
#define CERTIFY_CDNNL_SHIM_H

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

#define CERTIFY_DNNL_INLINE static inline __attribute__((unused))

#if DNNL_VERSION_MAJOR >= 3
typedef const struct dnnl_memory_desc *cdnnl_layout;
#define CDNNL_MD(layout) ((const_dnnl_memory_desc_t)(layout))
#else
typedef const dnnl_memory_desc_t *cdnnl_layout;
#define CDNNL_MD(layout) (layout)
#endif

CERTIFY_DNNL_INLINE int cdnnl_major_version(void) { return DNNL_VERSION_MAJOR; }

// Layouts

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_layout_clone(cdnnl_layout *result, cdnnl_layout source) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_t copy = NULL;
  dnnl_status_t status = dnnl_memory_desc_clone(&copy, source);
  if (status == dnnl_success) *result = copy;
  return status;
#else
  dnnl_memory_desc_t *copy = (dnnl_memory_desc_t *)malloc(sizeof(dnnl_memory_desc_t));
  if (copy == NULL) return dnnl_out_of_memory;
  memcpy(copy, source, sizeof(dnnl_memory_desc_t));
  *result = copy;
  return dnnl_success;
#endif
}

CERTIFY_DNNL_INLINE void cdnnl_layout_destroy(cdnnl_layout layout) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout);
#else
  free((void *)layout);
#endif
}

// f32 with the given strides.
CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_layout_strided(
    cdnnl_layout *result, int rank, const int64_t *extents, const int64_t *strides) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_t made = NULL;
  dnnl_status_t status = dnnl_memory_desc_create_with_strides(&made, rank, extents, dnnl_f32, strides);
  if (status == dnnl_success) *result = made;
  return status;
#else
  dnnl_memory_desc_t made;
  dnnl_status_t status = dnnl_memory_desc_init_by_strides(&made, rank, extents, dnnl_f32, strides);
  return status == dnnl_success ? cdnnl_layout_clone(result, &made) : status;
#endif
}

// f32 in whatever order a primitive likes best.
CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_layout_any(cdnnl_layout *result, int rank, const int64_t *extents) {
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_t made = NULL;
  dnnl_status_t status =
      dnnl_memory_desc_create_with_tag(&made, rank, extents, dnnl_f32, dnnl_format_tag_any);
  if (status == dnnl_success) *result = made;
  return status;
#else
  dnnl_memory_desc_t made;
  dnnl_status_t status = dnnl_memory_desc_init_by_tag(&made, rank, extents, dnnl_f32, dnnl_format_tag_any);
  return status == dnnl_success ? cdnnl_layout_clone(result, &made) : status;
#endif
}

// f32 with the channels, the second axis, in blocks of 16 that lie innermost; 1 to 3 spatial axes.
CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_layout_blocked16(
    cdnnl_layout *result, int rank, const int64_t *extents) {
  dnnl_format_tag_t tag = rank == 3 ? dnnl_nCw16c : rank == 4 ? dnnl_nChw16c : dnnl_nCdhw16c;
  if (rank < 3 || rank > 5) return dnnl_invalid_arguments;
#if DNNL_VERSION_MAJOR >= 3
  dnnl_memory_desc_t made = NULL;
  dnnl_status_t status = dnnl_memory_desc_create_with_tag(&made, rank, extents, dnnl_f32, tag);
  if (status == dnnl_success) *result = made;
  return status;
#else
  dnnl_memory_desc_t made;
  dnnl_status_t status = dnnl_memory_desc_init_by_tag(&made, rank, extents, dnnl_f32, tag);
  return status == dnnl_success ? cdnnl_layout_clone(result, &made) : status;
#endif
}

CERTIFY_DNNL_INLINE int cdnnl_layout_equal(cdnnl_layout a, cdnnl_layout b) {
  return dnnl_memory_desc_equal(CDNNL_MD(a), CDNNL_MD(b));
}

CERTIFY_DNNL_INLINE size_t cdnnl_layout_bytes(cdnnl_layout layout) {
  return dnnl_memory_desc_get_size(CDNNL_MD(layout));
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_memory_create(
    dnnl_memory_t *result, cdnnl_layout layout, dnnl_engine_t engine, void *bytes) {
  return dnnl_memory_create(result, CDNNL_MD(layout), engine, bytes);
}

// Primitive descriptors

// A copy of the layout a primitive chose; NULL result when it has none.
CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_query_layout(
    cdnnl_layout *result, const_dnnl_primitive_desc_t descriptor, dnnl_query_t what, int index) {
#if DNNL_VERSION_MAJOR >= 3
  const_dnnl_memory_desc_t found = dnnl_primitive_desc_query_md(descriptor, what, index);
#else
  const dnnl_memory_desc_t *found = dnnl_primitive_desc_query_md(descriptor, what, index);
#endif
  *result = NULL;
  if (found == NULL) return dnnl_success;
  return cdnnl_layout_clone(result, found);
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_attributes_create(dnnl_primitive_attr_t *result) {
  dnnl_status_t status = dnnl_primitive_attr_create(result);
  if (status != dnnl_success) return status;
  return dnnl_primitive_attr_set_scratchpad_mode(*result, dnnl_scratchpad_mode_user);
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_append_sum(dnnl_post_ops_t operations) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_post_ops_append_sum(operations, 1.0f, 0, dnnl_data_type_undef);
#else
  return dnnl_post_ops_append_sum(operations, 1.0f);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_append_eltwise(
    dnnl_post_ops_t operations, dnnl_alg_kind_t kind, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_post_ops_append_eltwise(operations, kind, alpha, beta);
#else
  return dnnl_post_ops_append_eltwise(operations, 1.0f, kind, alpha, beta);
#endif
}

// The name of the implementation that was chosen.
CERTIFY_DNNL_INLINE const char *cdnnl_implementation(const_dnnl_primitive_desc_t descriptor) {
  const char *name = NULL;
  if (dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, &name) != dnnl_success) return "";
  return name == NULL ? "" : name;
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_convolution_forward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, cdnnl_layout source,
    cdnnl_layout weights, cdnnl_layout bias, cdnnl_layout destination, const int64_t *strides, const int64_t *dilations,
    const int64_t *pads_begin, const int64_t *pads_end, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_convolution_forward_primitive_desc_create(
      result, engine, dnnl_forward_inference, algorithm, source, weights, bias, destination,
      strides, dilations, pads_begin, pads_end, attributes);
#else
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
      &operation, dnnl_forward_inference, algorithm, source, weights, bias, destination,
      strides, dilations, pads_begin, pads_end);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_convolution_backward_data(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm,
    cdnnl_layout source_gradient, cdnnl_layout weights, cdnnl_layout destination_gradient, const int64_t *strides,
    const int64_t *dilations, const int64_t *pads_begin, const int64_t *pads_end,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_convolution_backward_data_primitive_desc_create(
      result, engine, algorithm, source_gradient, weights, destination_gradient, strides,
      dilations, pads_begin, pads_end, forward, attributes);
#else
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_dilated_convolution_backward_data_desc_init(
      &operation, algorithm, source_gradient, weights, destination_gradient, strides,
      dilations, pads_begin, pads_end);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_convolution_backward_weights(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t algorithm, cdnnl_layout source,
    cdnnl_layout weights_gradient, cdnnl_layout bias_gradient, cdnnl_layout destination_gradient,
    const int64_t *strides, const int64_t *dilations, const int64_t *pads_begin, const int64_t *pads_end,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_convolution_backward_weights_primitive_desc_create(
      result, engine, algorithm, source, weights_gradient, bias_gradient, destination_gradient, strides,
      dilations, pads_begin, pads_end, forward, attributes);
#else
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = dnnl_dilated_convolution_backward_weights_desc_init(
      &operation, algorithm, source, weights_gradient, bias_gradient, destination_gradient, strides,
      dilations, pads_begin, pads_end);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_matmul(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, cdnnl_layout source, cdnnl_layout weights,
    cdnnl_layout bias, cdnnl_layout destination, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_matmul_primitive_desc_create(result, engine, source, weights, bias, destination, attributes);
#else
  dnnl_matmul_desc_t operation;
  dnnl_status_t status = dnnl_matmul_desc_init(&operation, source, weights, bias, destination);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_eltwise_forward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t kind, cdnnl_layout data,
    float alpha, float beta, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_eltwise_forward_primitive_desc_create(
      result, engine, dnnl_forward_training, kind, data, data, alpha, beta, attributes);
#else
  dnnl_eltwise_desc_t operation;
  dnnl_status_t status =
      dnnl_eltwise_forward_desc_init(&operation, dnnl_forward_training, kind, data, alpha, beta);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_eltwise_backward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t kind, cdnnl_layout data,
    float alpha, float beta, const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_eltwise_backward_primitive_desc_create(
      result, engine, kind, data, data, data, alpha, beta, forward, attributes);
#else
  dnnl_eltwise_desc_t operation;
  dnnl_status_t status = dnnl_eltwise_backward_desc_init(&operation, kind, data, data, alpha, beta);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_binary(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t kind, cdnnl_layout first,
    cdnnl_layout second, cdnnl_layout destination, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_binary_primitive_desc_create(result, engine, kind, first, second, destination, attributes);
#else
  dnnl_binary_desc_t operation;
  dnnl_status_t status = dnnl_binary_desc_init(&operation, kind, first, second, destination);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

// (x - mean) / sqrt(variance + 1) * scale + shift with all four given, a number a channel. With 0 for mean and
// variance it is x * scale + shift, also where channels are padded with zeros.
CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_normalization_forward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, cdnnl_layout data, int relu,
    const_dnnl_primitive_attr_t attributes) {
  unsigned flags = dnnl_use_global_stats | dnnl_use_scale | dnnl_use_shift | (relu ? dnnl_fuse_norm_relu : 0);
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_batch_normalization_forward_primitive_desc_create(
      result, engine, dnnl_forward_inference, data, data, 1.0f, flags, attributes);
#else
  dnnl_batch_normalization_desc_t operation;
  dnnl_status_t status =
      dnnl_batch_normalization_forward_desc_init(&operation, dnnl_forward_inference, data, 1.0f, flags);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_pooling_forward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_prop_kind_t propagation,
    dnnl_alg_kind_t kind, cdnnl_layout source, cdnnl_layout destination, const int64_t *strides,
    const int64_t *kernel, const int64_t *dilations, const int64_t *pads_begin, const int64_t *pads_end,
    const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_pooling_forward_primitive_desc_create(
      result, engine, propagation, kind, source, destination, strides, kernel, dilations, pads_begin,
      pads_end, attributes);
#else
  dnnl_pooling_v2_desc_t operation;
  dnnl_status_t status = dnnl_pooling_v2_forward_desc_init(
      &operation, propagation, kind, source, destination, strides, kernel, dilations, pads_begin, pads_end);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_pooling_backward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, dnnl_alg_kind_t kind,
    cdnnl_layout source_gradient, cdnnl_layout destination_gradient, const int64_t *strides,
    const int64_t *kernel, const int64_t *dilations, const int64_t *pads_begin, const int64_t *pads_end,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_pooling_backward_primitive_desc_create(
      result, engine, kind, source_gradient, destination_gradient, strides, kernel, dilations, pads_begin,
      pads_end, forward, attributes);
#else
  dnnl_pooling_v2_desc_t operation;
  dnnl_status_t status = dnnl_pooling_v2_backward_desc_init(
      &operation, kind, source_gradient, destination_gradient, strides, kernel, dilations, pads_begin,
      pads_end);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_softmax_forward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, int logarithm, cdnnl_layout data, int axis,
    const_dnnl_primitive_attr_t attributes) {
  dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_softmax_forward_primitive_desc_create(
      result, engine, dnnl_forward_training, kind, data, data, axis, attributes);
#else
  dnnl_softmax_v2_desc_t operation;
  dnnl_status_t status =
      dnnl_softmax_v2_forward_desc_init(&operation, dnnl_forward_training, kind, data, data, axis);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, NULL);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_softmax_backward(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, int logarithm, cdnnl_layout data, int axis,
    const_dnnl_primitive_desc_t forward, const_dnnl_primitive_attr_t attributes) {
  dnnl_alg_kind_t kind = logarithm ? dnnl_softmax_log : dnnl_softmax_accurate;
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_softmax_backward_primitive_desc_create(
      result, engine, kind, data, data, data, axis, forward, attributes);
#else
  dnnl_softmax_v2_desc_t operation;
  dnnl_status_t status = dnnl_softmax_v2_backward_desc_init(&operation, kind, data, data, data, axis);
  if (status != dnnl_success) return status;
  return dnnl_primitive_desc_create(result, &operation, attributes, engine, forward);
#endif
}

CERTIFY_DNNL_INLINE dnnl_status_t cdnnl_reorder(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, cdnnl_layout source, cdnnl_layout destination,
    const_dnnl_primitive_attr_t attributes) {
  return dnnl_reorder_primitive_desc_create(
      result, CDNNL_MD(source), engine, CDNNL_MD(destination), engine, attributes);
}

// The calling thread runs primitives by itself from now on. A build of oneDNN without OpenMP does already.
CERTIFY_DNNL_INLINE void cdnnl_use_one_thread(void) {
  // A null handle searches the whole program; its name, RTLD_DEFAULT, is hidden without extensions.
  void (*set_threads)(int) = (void (*)(int))dlsym((void *)0, "omp_set_num_threads");
  if (set_threads != NULL) set_threads(1);
}

#endif
