#if defined(__x86_64__)

#include <immintrin.h>

#define LANES 16
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define NAME(FUNCTION) FUNCTION##_avx512
#define GATHER(TABLE, INDEX) \
  ((vector_u32)_mm512_i32gather_epi32((__m512i)(INDEX), (const int *)(TABLE), 4))

#include "lanes.h"

#endif
