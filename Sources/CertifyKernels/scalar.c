#include "scalar.h"

void certify_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t output[4]) {
  uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  uint32_t key0 = key[0], key1 = key[1];
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)c[0] * philox_multiplier0, p1 = (uint64_t)c[2] * philox_multiplier1;
    c[0] = (uint32_t)(p1 >> 32) ^ c[1] ^ key0;
    c[2] = (uint32_t)(p0 >> 32) ^ c[3] ^ key1;
    c[1] = (uint32_t)p1;
    c[3] = (uint32_t)p0;
    key0 += philox_weyl0;
    key1 += philox_weyl1;
  }
  for (int j = 0; j < 4; j++) output[j] = c[j];
}

uint32_t certify_integer_outcome(
  const struct certify_noise_address *address, const struct certify_integer_table *table,
  uint32_t coordinate) {
  const uint32_t key[2] = {(uint32_t)address->seed, (uint32_t)(address->seed >> 32)};
  const uint32_t block = coordinate / 64 * 16 + coordinate % 16;
  uint32_t words[4];
  certify_philox4x32(
    (const uint32_t[4]){block, address->sample, address->input, address->purpose}, key, words);
  const uint32_t word = words[coordinate % 64 / 16];
  const uint32_t shift = 32 - table->bits, mask = (1u << shift) - 1;
  const uint32_t column = word >> shift, entry = table->entries[column];
  const uint32_t leading = word & mask, threshold = entry & mask;
  if (leading < threshold) return column;
  if (leading > threshold) return entry >> shift;
  // The trailing 28 bits of u: a block of the coordinate's own, in a stream that rows do not use.
  certify_philox4x32(
    (const uint32_t[4]){coordinate, address->sample, address->input, address->purpose | 0x80000000u}, key,
    words);
  return words[0] >> 4 < table->low[column] ? column : entry >> shift;
}
