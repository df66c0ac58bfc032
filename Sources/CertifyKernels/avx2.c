#if defined(__x86_64__)

#include <immintrin.h>

#define LANES 8
#define TARGET __attribute__((target("avx2")))
#define NAME(FUNCTION) FUNCTION##_avx2
#define GATHER(TABLE, INDEX) \
  ((vector_u32)_mm256_i32gather_epi32((const int *)(TABLE), (__m256i)(INDEX), 4))

#include "lanes.h"

#endif
