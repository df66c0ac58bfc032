#include "scalar.h"

bool certify_path_is_available(enum certify_path path) {
  switch (path) {
    case certify_path_portable:
      return true;
#if defined(__x86_64__)
    case certify_path_avx2:
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx2");
    case certify_path_avx512:
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
    default:
      return false;
  }
}

enum certify_path certify_best_path(void) {
  if (certify_path_is_available(certify_path_avx512)) return certify_path_avx512;
  if (certify_path_is_available(certify_path_avx2)) return certify_path_avx2;
  return certify_path_portable;
}

#if defined(__x86_64__)
#define DISPATCH(FUNCTION, ...)                                                                          \
  switch (path) {                                                                                        \
    case certify_path_avx512:                                                                            \
      return FUNCTION##_avx512(__VA_ARGS__);                                                             \
    case certify_path_avx2:                                                                              \
      return FUNCTION##_avx2(__VA_ARGS__);                                                               \
    default:                                                                                             \
      return FUNCTION##_portable(__VA_ARGS__);                                                           \
  }
#else
#define DISPATCH(FUNCTION, ...)                                                                          \
  (void)path;                                                                                            \
  return FUNCTION##_portable(__VA_ARGS__);
#endif

void certify_words(
  enum certify_path path, const struct certify_noise_address *address, uint32_t *words, size_t count) {
  DISPATCH(certify_words, address, words, count)
}

void certify_gaussian_row(
  enum certify_path path, const struct certify_noise_address *address, float sigma, const float *x,
  float *row, size_t count) {
  DISPATCH(certify_gaussian_row, address, sigma, x, row, count)
}

void certify_gaussian_grid_row(
  enum certify_path path, const struct certify_noise_address *address, float sigma, const uint8_t *x,
  float *row, size_t count) {
  DISPATCH(certify_gaussian_grid_row, address, sigma, x, row, count)
}

void certify_uniform_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const float *x,
  float *row, size_t count) {
  DISPATCH(certify_uniform_row, address, lambda, x, row, count)
}

void certify_uniform_grid_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const uint8_t *x,
  float *row, size_t count) {
  DISPATCH(certify_uniform_grid_row, address, lambda, x, row, count)
}

void certify_laplace_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const float *x,
  float *row, size_t count) {
  DISPATCH(certify_laplace_row, address, lambda, x, row, count)
}

void certify_laplace_grid_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const uint8_t *x,
  float *row, size_t count) {
  DISPATCH(certify_laplace_grid_row, address, lambda, x, row, count)
}

bool certify_integer_row(
  enum certify_path path, const struct certify_noise_address *address,
  const struct certify_integer_table *table, const uint8_t *x, float *row, size_t count) {
  DISPATCH(certify_integer_row, address, table, x, row, count)
}

void certify_gather_rows(
  enum certify_path path, const int64_t *starts, const int32_t *places, const double *weights,
  const double *values, double *results, size_t count) {
  DISPATCH(certify_gather_rows, starts, places, weights, values, results, count)
}

void certify_gather_shared(
  enum certify_path path, const int32_t *places, const double *weights, size_t terms, const double *values,
  double *results, size_t count) {
  DISPATCH(certify_gather_shared, places, weights, terms, values, results, count)
}

void certify_scatter_row(
  enum certify_path path, const int32_t *places, const double *weights, size_t count, const double *value,
  double *results) {
  DISPATCH(certify_scatter_row, places, weights, count, value, results)
}

void certify_interval_rows(
  enum certify_path path, const double *weights, size_t terms, const double *lower, const double *upper,
  const double *magnitude, double *low, double *high, double *size, size_t count) {
  DISPATCH(certify_interval_rows, weights, terms, lower, upper, magnitude, low, high, size, count)
}

void certify_ball_rows(
  enum certify_path path, const double *weights, size_t terms, const double *center, const double *scale,
  const double *slack, double *sums, size_t count) {
  DISPATCH(certify_ball_rows, weights, terms, center, scale, slack, sums, count)
}
