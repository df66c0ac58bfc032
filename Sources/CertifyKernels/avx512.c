#if defined(__x86_64__)

#define LANES 16
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define NAME(FUNCTION) FUNCTION##_avx512

#include "lanes.h"
#include "rows.h"
#include "intervals.h"

#endif
