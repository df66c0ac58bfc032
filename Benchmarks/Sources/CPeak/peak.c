#include "CPeak.h"

// Chains enough for two units of latency 4 to 5 each.
enum { chains = 12 };

#define LOOP(LANES)                                                                     \
  typedef float vector __attribute__((ext_vector_type(LANES)));                          \
  vector sums[chains];                                                                   \
  for (int i = 0; i < chains; i++) sums[i] = (vector)(0.001f * (float)i);                \
  vector factor = (vector)0.999f, addend = (vector)0.001f;                               \
  __asm__ volatile("" : "+v"(factor), "+v"(addend));                                     \
  for (long round = 0; round < rounds; round++) {                                        \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++) {                \
      sums[i] = __builtin_elementwise_fma(sums[i], factor, addend);                      \
      __asm__ volatile("" : "+v"(sums[i]));                                              \
    }                                                                                    \
  }                                                                                      \
  return 2.0 * LANES * chains * (double)rounds;

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static double wide(long rounds) { LOOP(16) }
__attribute__((target("avx2,fma"))) static double narrow(long rounds) { LOOP(8) }

double certify_peak_operations(long rounds) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return wide(rounds);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return narrow(rounds);
  return 0;
}
#elif defined(__aarch64__)
#undef LOOP
#include <arm_neon.h>

double certify_peak_operations(long rounds) {
  float32x4_t sums[chains];
  for (int i = 0; i < chains; i++) sums[i] = vdupq_n_f32(0.001f * (float)i);
  float32x4_t factor = vdupq_n_f32(0.999f), addend = vdupq_n_f32(0.001f);
  for (long round = 0; round < rounds; round++) {
    for (int i = 0; i < chains; i++) {
      sums[i] = vfmaq_f32(addend, sums[i], factor);
      __asm__ volatile("" : "+w"(sums[i]));
    }
  }
  return 2.0 * 4 * chains * (double)rounds;
}
#else
double certify_peak_operations(long rounds) {
  (void)rounds;
  return 0;
}
#endif
