// Sums of intervals along the rows of matrices that are stored whole, included once by each path's file after lanes.h,
// which explains TARGET and NAME. Terms are summed in eight chains, so that every path sums in the same order.

typedef double terms_f64 __attribute__((ext_vector_type(8)));
// Swift aligns arrays to 16 bytes only.
typedef terms_f64 terms_block __attribute__((aligned(8)));

INLINE double sum_of_chains(const terms_f64 *v) {
  return (((*v)[0] + (*v)[4]) + ((*v)[2] + (*v)[6])) + (((*v)[1] + (*v)[5]) + ((*v)[3] + (*v)[7]));
}

TARGET void NAME(certify_interval_rows)(
  const double *weights, size_t terms, const double *lower, const double *upper, const double *magnitude,
  double *low, double *high, double *size, size_t count) {
  const size_t whole = terms - terms % 8;
  for (size_t k = 0; k < count; k++) {
    const double *row = weights + k * terms;
    terms_f64 least = 0, most = 0, mass = 0;
    for (size_t i = 0; i < whole; i += 8) {
      const terms_f64 w = *(const terms_block *)(row + i);
      const terms_f64 p = w * *(const terms_block *)(lower + i), q = w * *(const terms_block *)(upper + i);
      least += p < q ? p : q;
      most += p < q ? q : p;
      mass += __builtin_elementwise_abs(w) * *(const terms_block *)(magnitude + i);
    }
    double a = sum_of_chains(&least), b = sum_of_chains(&most), s = sum_of_chains(&mass);
    for (size_t i = whole; i < terms; i++) {
      const double p = row[i] * lower[i], q = row[i] * upper[i];
      a += p < q ? p : q;
      b += p < q ? q : p;
      s += __builtin_fabs(row[i]) * magnitude[i];
    }
    low[k] += a;
    high[k] += b;
    size[k] += s;
  }
}

TARGET void NAME(certify_ball_rows)(
  const double *weights, size_t terms, const double *center, const double *scale, const double *slack,
  double *sums, size_t count) {
  const size_t whole = terms - terms % 8;
  for (size_t k = 0; k < count; k++) {
    const double *row = weights + k * terms;
    terms_f64 middle = 0, size = 0, squares = 0, largest = 0, off = 0;
    for (size_t i = 0; i < whole; i += 8) {
      const terms_f64 w = *(const terms_block *)(row + i);
      const terms_f64 product = w * *(const terms_block *)(center + i);
      const terms_f64 reach = __builtin_elementwise_abs(w * *(const terms_block *)(scale + i));
      middle += product;
      size += __builtin_elementwise_abs(product);
      squares += reach * reach;
      largest = reach > largest ? reach : largest;
      off += __builtin_elementwise_abs(w) * *(const terms_block *)(slack + i);
    }
    double most = 0;
    for (int lane = 0; lane < 8; lane++) most = largest[lane] > most ? largest[lane] : most;
    double *sum = sums + 5 * k;
    sum[0] = sum_of_chains(&middle);
    sum[1] = sum_of_chains(&size);
    sum[2] = sum_of_chains(&squares);
    sum[4] = sum_of_chains(&off);
    for (size_t i = whole; i < terms; i++) {
      const double product = row[i] * center[i], reach = __builtin_fabs(row[i] * scale[i]);
      sum[0] += product;
      sum[1] += __builtin_fabs(product);
      sum[2] += reach * reach;
      most = reach > most ? reach : most;
      sum[4] += __builtin_fabs(row[i]) * slack[i];
    }
    sum[3] = most;
  }
}
