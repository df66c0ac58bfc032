// Products of sparse matrices with blocks of sixteen double-precision columns, included once by each path's file after
// lanes.h, which explains TARGET and NAME. Terms are summed in pairs, so that two chains of additions overlap; every
// path sums in the same order.

typedef double rows_f64 __attribute__((ext_vector_type(16)));
// Swift aligns the blocks to 16 bytes only.
typedef rows_f64 rows_block __attribute__((aligned(8)));

TARGET void NAME(certify_gather_rows)(
  const int64_t *starts, const int32_t *places, const double *weights, const double *values, double *results,
  size_t count) {
  for (size_t k = 0; k < count; k++) {
    rows_f64 even = *(const rows_block *)(results + 16 * k);
    rows_f64 odd = 0;
    int64_t term = starts[k];
    for (; term + 1 < starts[k + 1]; term += 2) {
      even += *(const rows_block *)(values + 16 * (size_t)places[term]) * weights[term];
      odd += *(const rows_block *)(values + 16 * (size_t)places[term + 1]) * weights[term + 1];
    }
    if (term < starts[k + 1]) even += *(const rows_block *)(values + 16 * (size_t)places[term]) * weights[term];
    *(rows_block *)(results + 16 * k) = even + odd;
  }
}

TARGET void NAME(certify_scatter_row)(
  const int32_t *places, const double *weights, size_t count, const double *value, double *results) {
  const rows_f64 factor = *(const rows_block *)value;
  for (size_t term = 0; term < count; term++) {
    rows_block *result = (rows_block *)(results + 16 * (size_t)places[term]);
    *result += factor * weights[term];
  }
}

typedef double rows_f64x8 __attribute__((ext_vector_type(8)));
typedef rows_f64x8 rows_half __attribute__((aligned(8)));

// Four rows at a time, half a block wide, so that a value is loaded once for four of them and all sums stay in registers.
TARGET void NAME(certify_gather_shared)(
  const int32_t *places, const double *weights, size_t terms, const double *values, double *results,
  size_t count) {
  for (size_t half = 0; half < 16; half += 8) {
    size_t k = 0;
    for (; k + 4 <= count; k += 4) {
      const double *w0 = weights + k * terms, *w1 = w0 + terms, *w2 = w1 + terms, *w3 = w2 + terms;
      double *result = results + 16 * k + half;
      rows_f64x8 sum0 = *(const rows_half *)result, sum1 = *(const rows_half *)(result + 16);
      rows_f64x8 sum2 = *(const rows_half *)(result + 32), sum3 = *(const rows_half *)(result + 48);
      for (size_t term = 0; term < terms; term++) {
        const rows_f64x8 value = *(const rows_half *)(values + 16 * (size_t)places[term] + half);
        sum0 += value * w0[term];
        sum1 += value * w1[term];
        sum2 += value * w2[term];
        sum3 += value * w3[term];
      }
      *(rows_half *)result = sum0;
      *(rows_half *)(result + 16) = sum1;
      *(rows_half *)(result + 32) = sum2;
      *(rows_half *)(result + 48) = sum3;
    }
    for (; k < count; k++) {
      double *result = results + 16 * k + half;
      rows_f64x8 sum = *(const rows_half *)result;
      for (size_t term = 0; term < terms; term++) {
        sum += *(const rows_half *)(values + 16 * (size_t)places[term] + half) * weights[k * terms + term];
      }
      *(rows_half *)result = sum;
    }
  }
}
