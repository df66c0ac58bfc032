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
