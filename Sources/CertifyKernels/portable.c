#define LANES 4
#define TARGET
#define NAME(FUNCTION) FUNCTION##_portable

#include "lanes.h"
#include "rows.h"
#include "intervals.h"
