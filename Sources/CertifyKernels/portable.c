#define LANES 4
#define TARGET
#define NAME(FUNCTION) FUNCTION##_portable
#define GATHER(TABLE, INDEX)                                                                             \
  ((vector_u32){(TABLE)[(INDEX)[0]], (TABLE)[(INDEX)[1]], (TABLE)[(INDEX)[2]], (TABLE)[(INDEX)[3]]})

#include "lanes.h"
