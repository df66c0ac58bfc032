#ifndef CERTIFY_ALLOCATIONS_H
#define CERTIFY_ALLOCATIONS_H

#include <stddef.h>

/// Whether allocations can be counted here: with the GNU C library only.
int certify_allocations_are_counted(void);

/// Starts to count the calling thread's allocations of at least so many bytes, from 0.
void certify_allocations_begin(size_t smallest);

/// Stops, and returns how many there were.
size_t certify_allocations_end(void);

#endif
