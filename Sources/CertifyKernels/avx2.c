#if defined(__x86_64__)

#define LANES 8
#define TARGET __attribute__((target("avx2")))
#define NAME(FUNCTION) FUNCTION##_avx2

#include "lanes.h"
#include "rows.h"
#include "intervals.h"

#endif
