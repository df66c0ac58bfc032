/// Vectorised counter-based noise, and sums of rows for bounds, with runtime dispatch.
///
/// Every path gives the same bits: the kernels use integer operations and the IEEE 754 basic operations
/// (addition, multiplication, division, square root) in one order, never contracted into fused ones.
#ifndef CERTIFY_KERNELS_H
#define CERTIFY_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The instruction sets that the kernels are compiled for.
enum certify_path { certify_path_portable = 0, certify_path_avx2 = 1, certify_path_avx512 = 2 };

/// Whether this machine can run `path`.
bool certify_path_is_available(enum certify_path path);

/// The fastest path that this machine can run.
enum certify_path certify_best_path(void);

/// Where a row of noise lives: Philox's key and three of its four counter words.
///
/// The remaining word is the block. A row takes 32 random bits a coordinate: coordinate
/// i = 64 g + 16 j + l (0 <= j < 4, 0 <= l < 16) takes word j of block 16 g + l.
struct certify_noise_address {
  uint64_t seed;
  uint32_t sample;
  uint32_t input;
  /// Distinct for every purpose; the highest bit is clear (it marks refining bits).
  uint32_t purpose;
};

/// An alias table over 2^bits columns, exact for masses that are integers and sum to 2^60.
///
/// A draw is a column j of `bits` bits and a number u of 60 - bits bits; it gives j when u < T_j, else
/// the alias of j. An entry holds the alias in its top `bits` bits and floor(T_j / 2^28) below it, `low`
/// holds T_j mod 2^28. The first 32 random bits give j and the leading 32 - bits bits of u; only when those
/// equal the entry's are the trailing 28 bits of u drawn.
/// (Walker 1977, DOI 10.1145/355744.355749; Vose 1991, DOI 10.1109/32.92917.)
struct certify_integer_table {
  const uint32_t *entries;
  const uint32_t *low;
  /// 1 to 16.
  uint32_t bits;
  /// The noise of outcome i is i - offset.
  int32_t offset;
  /// The outcome that stands for "the draw failed".
  int32_t failed;
  /// The clip of x + noise.
  int32_t lower;
  int32_t upper;
};

/// Philox 4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw 2011, DOI 10.1145/2063384.2063405).
void certify_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4]);

/// Writes the `count` random words of a row, in the order of its coordinates.
void certify_words(
  enum certify_path path, const struct certify_noise_address *address, uint32_t *words, size_t count);

/// Writes row_i = x_i + sigma n_i with independent standard normal n_i, in float32.
///
/// Box-Muller (1958, DOI 10.1214/aoms/1177706645) on pairs of words (v, w): radius sqrt(-2 ln u) with
/// u = (floor(v / 2) + 1/2) / 2^31 rounded to 24 bits, angle 2 pi w / 2^32; |n_i| <= 6.67. Given u and the
/// angle, the error of n_i is below 10^-6 of the radius.
/// The row must not overlap x.
void certify_gaussian_row(
  enum certify_path path, const struct certify_noise_address *address, float sigma, const float *x,
  float *row, size_t count);

/// Writes row_i = x_i / 255 + sigma n_i; otherwise as `certify_gaussian_row`.
void certify_gaussian_grid_row(
  enum certify_path path, const struct certify_noise_address *address, float sigma, const uint8_t *x,
  float *row, size_t count);

/// Writes row_i = x_i + lambda u_i with u_i = w / 2^31 for the signed word w, rounded to 24 bits: uniform on [-1, 1].
void certify_uniform_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const float *x,
  float *row, size_t count);

/// Writes row_i = x_i / 255 + lambda u_i; otherwise as `certify_uniform_row`.
void certify_uniform_grid_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const uint8_t *x,
  float *row, size_t count);

/// Writes row_i = x_i + lambda e_i with |e_i| = -ln u, u = (floor(w / 2) + 1/2) / 2^31 rounded to 24 bits, and the
/// sign of the word's last bit: Laplace's law of scale 1; |e_i| <= 22.2.
void certify_laplace_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const float *x,
  float *row, size_t count);

/// Writes row_i = x_i / 255 + lambda e_i; otherwise as `certify_laplace_row`.
void certify_laplace_grid_row(
  enum certify_path path, const struct certify_noise_address *address, float lambda, const uint8_t *x,
  float *row, size_t count);

/// Writes row_i = clip(x_i + noise_i, lower, upper) / 255 with independent noise_i drawn from `table`.
///
/// Returns false, and leaves the row undefined, when a draw failed.
bool certify_integer_row(
  enum certify_path path, const struct certify_noise_address *address,
  const struct certify_integer_table *table, const uint8_t *x, float *row, size_t count);

/// The outcome of one coordinate of a row, drawn on its own.
uint32_t certify_integer_outcome(
  const struct certify_noise_address *address, const struct certify_integer_table *table,
  uint32_t coordinate);

/// results[k] += sum of weights[t] * values[places[t]] over starts[k] <= t < starts[k + 1], for blocks of 16 numbers.
///
/// `starts` has count + 1 entries; `values` and `results` are rows of 16, which do not overlap.
void certify_gather_rows(
  enum certify_path path, const int64_t *starts, const int32_t *places, const double *weights,
  const double *values, double *results, size_t count);

/// The same where every row has the same places: results[k] += sum of weights[k * terms + t] * values[places[t]] over
/// 0 <= t < terms.
void certify_gather_shared(
  enum certify_path path, const int32_t *places, const double *weights, size_t terms, const double *values,
  double *results, size_t count);

/// results[places[t]] += weights[t] * value for 0 <= t < count, for blocks of 16 numbers.
void certify_scatter_row(
  enum certify_path path, const int32_t *places, const double *weights, size_t count, const double *value,
  double *results);

/// For a matrix W of count rows of `terms` weights and intervals of as many values: low[k] += the smallest sum of
/// W[k][t] v[t], high[k] += the largest, size[k] += the sum of |W[k][t]| magnitude[t], with `magnitude` the largest
/// |v[t]|. Summed in double precision, to nearest.
void certify_interval_rows(
  enum certify_path path, const double *weights, size_t terms, const double *lower, const double *upper,
  const double *magnitude, double *low, double *high, double *size, size_t count);

/// For each of count rows w of `terms` weights five numbers: the sum of w[t] center[t], that of |w[t] center[t]|, that of
/// (w[t] scale[t])^2, the largest |w[t] scale[t]|, and the sum of |w[t]| slack[t].
void certify_ball_rows(
  enum certify_path path, const double *weights, size_t terms, const double *center, const double *scale,
  const double *slack, double *sums, size_t count);

#endif
