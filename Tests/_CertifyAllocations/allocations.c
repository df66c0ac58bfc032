#include "allocations.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#ifdef __GLIBC__

// The program's definitions come before those of the C library, for the libraries that it uses as well.

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static __thread size_t smallest_counted = SIZE_MAX;
static __thread size_t counted = 0;

static void note(size_t size) {
  if (size >= smallest_counted) counted++;
}

void *malloc(size_t size) {
  note(size);
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  note(size != 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size);
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  note(size);
  return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  note(size);
  void *block = __libc_memalign(alignment, size);
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

int certify_allocations_are_counted(void) { return 1; }

void certify_allocations_begin(size_t smallest) {
  smallest_counted = smallest;
  counted = 0;
}

size_t certify_allocations_end(void) {
  smallest_counted = SIZE_MAX;
  return counted;
}

#else

int certify_allocations_are_counted(void) { return 0; }
void certify_allocations_begin(size_t smallest) { (void)smallest; }
size_t certify_allocations_end(void) { return 0; }

#endif
