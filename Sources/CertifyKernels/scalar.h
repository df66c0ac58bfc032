#ifndef CERTIFY_SCALAR_H
#define CERTIFY_SCALAR_H

#include "CertifyKernels.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The noise kernels reinterpret vectors and need a little-endian machine."
#endif

// Salmon et al. 2011, section 4.3.
enum : uint32_t {
  philox_multiplier0 = 0xD2511F53u,
  philox_multiplier1 = 0xCD9E8D57u,
  philox_weyl0 = 0x9E3779B9u,
  philox_weyl1 = 0xBB67AE85u,
};

/// Declares the functions that the path of the given suffix defines.
#define DECLARE_PATH(SUFFIX)                                                                             \
  void certify_words_##SUFFIX(                                                                           \
    const struct certify_noise_address *address, uint32_t *words, size_t count);                         \
  void certify_gaussian_row_##SUFFIX(                                                                    \
    const struct certify_noise_address *address, float sigma, const float *x, float *row, size_t count); \
  void certify_gaussian_grid_row_##SUFFIX(                                                               \
    const struct certify_noise_address *address, float sigma, const uint8_t *x, float *row,              \
    size_t count);                                                                                       \
  void certify_uniform_row_##SUFFIX(                                                                     \
    const struct certify_noise_address *address, float scale, const float *x, float *row, size_t count); \
  void certify_uniform_grid_row_##SUFFIX(                                                                \
    const struct certify_noise_address *address, float scale, const uint8_t *x, float *row,              \
    size_t count);                                                                                       \
  void certify_laplace_row_##SUFFIX(                                                                     \
    const struct certify_noise_address *address, float scale, const float *x, float *row, size_t count); \
  void certify_laplace_grid_row_##SUFFIX(                                                                \
    const struct certify_noise_address *address, float scale, const uint8_t *x, float *row,              \
    size_t count);                                                                                       \
  bool certify_integer_row_##SUFFIX(                                                                     \
    const struct certify_noise_address *address, const struct certify_integer_table *table,              \
    const uint8_t *x, float *row, size_t count);                                                         \
  void certify_gather_rows_##SUFFIX(                                                                     \
    const int64_t *starts, const int32_t *places, const double *weights, const double *values,           \
    double *results, size_t count);                                                                      \
  void certify_gather_shared_##SUFFIX(                                                                   \
    const int32_t *places, const double *weights, size_t terms, const double *values, double *results,   \
    size_t count);                                                                                       \
  void certify_scatter_row_##SUFFIX(                                                                     \
    const int32_t *places, const double *weights, size_t count, const double *value, double *results);   \
  void certify_interval_rows_##SUFFIX(                                                                   \
    const double *weights, size_t terms, const double *lower, const double *upper,                       \
    const double *magnitude, double *low, double *high, double *size, size_t count);                     \
  void certify_ball_rows_##SUFFIX(                                                                       \
    const double *weights, size_t terms, const double *center, const double *scale, const double *slack, \
    double *sums, size_t count);

DECLARE_PATH(portable)
#if defined(__x86_64__)
DECLARE_PATH(avx2)
DECLARE_PATH(avx512)
#endif

#endif
