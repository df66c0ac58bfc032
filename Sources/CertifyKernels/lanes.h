// The kernels for one vector width, included once by each path's file, which defines
//   LANES    32-bit lanes of a vector: 4, 8 or 16
//   TARGET   the attribute that enables the instruction set, or nothing
//   NAME(x)  x with the path's suffix
//
// A row is made in groups of 64 coordinates, each in short passes over a buffer: a pass has a long chain of
// dependent operations a vector, and passes let the chains of neighbouring vectors overlap.

#include <string.h>

#include "scalar.h"

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline)) TARGET

enum { group_blocks = 16, group_coordinates = 4 * group_blocks };

typedef uint64_t vector_u64 __attribute__((ext_vector_type(LANES / 2)));
typedef uint32_t vector_u32 __attribute__((ext_vector_type(LANES)));
typedef int32_t vector_i32 __attribute__((ext_vector_type(LANES)));
typedef float vector_f32 __attribute__((ext_vector_type(LANES)));
typedef uint8_t vector_u8 __attribute__((ext_vector_type(LANES)));

/// What a row's blocks have in common: the keys of rounds 1 to 10 as vectors, those of the first three rounds
/// combined with the counter words that are the same for every block.
struct schedule {
  vector_u64 first;
  vector_u64 second[2];
  vector_u64 keys[8][2];
};

INLINE void prepare(const struct certify_noise_address *address, struct schedule *schedule) {
  uint32_t keys[10][2] = {{(uint32_t)address->seed, (uint32_t)(address->seed >> 32)}};
  for (int round = 1; round < 10; round++) {
    keys[round][0] = keys[round - 1][0] + philox_weyl0;
    keys[round][1] = keys[round - 1][1] + philox_weyl1;
  }
  const uint64_t p1 = (uint64_t)address->input * philox_multiplier1;
  const uint64_t p0 = (uint64_t)((uint32_t)(p1 >> 32) ^ address->sample ^ keys[0][0]) * philox_multiplier0;
  schedule->first = (vector_u64)(uint64_t)(address->purpose ^ keys[0][1]);
  schedule->second[0] = (vector_u64)(uint64_t)((uint32_t)p1 ^ keys[1][0]);
  schedule->second[1] = (vector_u64)(uint64_t)((uint32_t)(p0 >> 32) ^ keys[1][1]);
  for (int round = 2; round < 10; round++) {
    const uint32_t common = round == 2 ? (uint32_t)p0 : 0;
    schedule->keys[round - 2][0] = (vector_u64)(uint64_t)keys[round][0];
    schedule->keys[round - 2][1] = (vector_u64)(uint64_t)(common ^ keys[round][1]);
  }
  // Keeps the vectors in memory: making them again from scalars in every block costs more than loading them.
  __asm__ volatile("" : "+m"(*schedule));
}

/// The four words of blocks block ... block + LANES - 1.
///
/// Even and odd blocks live in the low halves of 64-bit lanes, whose high halves are never read: that is
/// what a widening multiplication wants.
INLINE void words_of_blocks(const struct schedule *schedule, uint32_t block, vector_u32 words[4]) {
  vector_u64 lane;
  for (int i = 0; i < LANES / 2; i++) lane[i] = 2 * (uint64_t)i;
  const vector_u64 even = lane + (uint64_t)block;
  vector_u64 state[2][4];
#pragma clang loop unroll(full)
  for (int h = 0; h < 2; h++) {
    vector_u64 *c = state[h];
    vector_u64 p0 = ((even + (uint64_t)h) & 0xffffffffu) * (uint64_t)philox_multiplier0;
    vector_u64 p1 = (((p0 >> 32) ^ schedule->first) & 0xffffffffu) * (uint64_t)philox_multiplier1;
    c[0] = (p1 >> 32) ^ schedule->second[0];
    c[1] = p1;
    c[2] = p0 ^ schedule->second[1];
    c[3] = (vector_u64)0u;
  }
#pragma clang loop unroll(full)
  for (int round = 0; round < 8; round++) {
#pragma clang loop unroll(full)
    for (int h = 0; h < 2; h++) {
      vector_u64 *c = state[h];
      vector_u64 p0 = (c[0] & 0xffffffffu) * (uint64_t)philox_multiplier0;
      vector_u64 p1 = (c[2] & 0xffffffffu) * (uint64_t)philox_multiplier1;
      c[0] = (p1 >> 32) ^ c[1] ^ schedule->keys[round][0];
      c[2] = (p0 >> 32) ^ c[3] ^ schedule->keys[round][1];
      c[1] = p1;
      c[3] = p0;
    }
  }
  for (int j = 0; j < 4; j++) {
    words[j] = (vector_u32)((state[0][j] & 0xffffffffu) | (state[1][j] << 32));
  }
}

INLINE vector_f32 choose(vector_i32 mask, vector_f32 yes, vector_f32 no) {
  return (vector_f32)((mask & (vector_i32)yes) | (~mask & (vector_i32)no));
}

/// ln u for u = (w >> 1) 2^-31 + 2^-32.
///
/// ln u = e ln 2 + ln(1 + t) with 1 + t in [sqrt(1/2), sqrt(2)) and a minimax polynomial of degree 7 for
/// (ln(1 + t) - t + t^2 / 2) / t^3, of error below 7e-9.
INLINE vector_f32 logarithm(vector_u32 w) {
  const int32_t root_half = 0x3f3504f3;
  vector_f32 scaled = __builtin_convertvector((vector_i32)(w >> 1), vector_f32) + 0.5f;
  vector_i32 shifted = (vector_i32)scaled - root_half;
  vector_f32 exponent = __builtin_convertvector((shifted >> 23) - 31, vector_f32);
  vector_f32 t = (vector_f32)((shifted & 0x7fffff) + root_half) - 1.0f;
  vector_f32 square = t * t, fourth = square * square;
  vector_f32 p =
    ((0.33333316445350647f + t * -0.2500079572200775f)
      + (0.2000228315591812f + t * -0.16624970734119415f) * square)
    + ((0.1418142169713974f + t * -0.1312529295682907f)
       + (0.12879188358783722f + t * -0.07865443080663681f) * square) * fourth;
  return (t - square * 0.5f) + (p * (square * t) + exponent * 0.6931471805599453f);
}

/// sqrt(-2 ln u).
INLINE vector_f32 radius(vector_u32 w) { return __builtin_elementwise_sqrt(logarithm(w) * -2.0f); }

/// A number of [-1, 1].
INLINE vector_f32 uniform(vector_u32 w) {
  return __builtin_convertvector((vector_i32)w, vector_f32) * 0x1p-31f;
}

/// ln u with the sign that the bit of w gives which u leaves.
INLINE vector_f32 laplace(vector_u32 w) { return (vector_f32)((vector_u32)logarithm(w) ^ (w << 31)); }

/// cos and sin of 2 pi v / 2^32: the nearest quarter turn, and minimax polynomials within pi / 4 of it.
INLINE void turn(vector_u32 v, vector_f32 *cosine, vector_f32 *sine) {
  vector_u32 quarter = v + 0x20000000u;
  vector_f32 a = __builtin_convertvector((vector_i32)(v << 2), vector_f32) * 3.6572951981064e-10f;
  vector_f32 z = a * a;
  vector_f32 s = (z * -0.00019517593318596482f + 0.00833218079060316f) * z + -0.16666655242443085f;
  s = a + s * z * a;
  vector_f32 c = (z * 2.4439483240712434e-05f + -0.0013887378154322505f) * z + 0.04166664555668831f;
  c = (c * z - 0.5f) * z + 1.0f;
  vector_i32 swapped = ((vector_i32)(quarter << 1)) >> 31;
  vector_i32 cosine_sign = (vector_i32)((quarter + 0x40000000u) & 0x80000000u);
  vector_i32 sine_sign = (vector_i32)(quarter & 0x80000000u);
  *cosine = (vector_f32)((vector_i32)choose(swapped, s, c) ^ cosine_sign);
  *sine = (vector_f32)((vector_i32)choose(swapped, c, s) ^ sine_sign);
}

INLINE vector_f32 load_real(const float *x) {
  vector_f32 value;
  memcpy(&value, x, sizeof value);
  return value;
}

INLINE vector_i32 load_integers(const uint8_t *x) {
  vector_u8 value;
  memcpy(&value, x, sizeof(uint8_t) * LANES);
  return __builtin_convertvector(value, vector_i32);
}

INLINE vector_f32 load_grid(const uint8_t *x) {
  return __builtin_convertvector(load_integers(x), vector_f32) / 255.0f;
}

/// The words of 16 blocks in the order of their coordinates.
INLINE void words_group(const struct schedule *schedule, uint32_t block, uint32_t *row) {
  for (int start = 0; start < group_blocks; start += LANES) {
    vector_u32 words[4];
    words_of_blocks(schedule, block + (uint32_t)start, words);
    for (int j = 0; j < 4; j++) memcpy(row + group_blocks * j + start, &words[j], sizeof words[j]);
  }
}

/// Ends a pass: the buffer is in memory, and the next pass starts from there.
#define PASS(BUFFER) __asm__ volatile("" : "+m"(BUFFER))

#define GAUSSIAN_GROUP(FUNCTION, ELEMENT, LOAD)                                                          \
  INLINE void FUNCTION(                                                                                  \
    const struct schedule *schedule, float sigma, uint32_t block, const ELEMENT *x, float *row) {        \
    uint32_t words[group_coordinates];                                                                   \
    words_group(schedule, block, words);                                                                 \
    PASS(words);                                                                                         \
    for (int pair = 0; pair < group_coordinates; pair += 2 * group_blocks) {                             \
      _Pragma("clang loop unroll(disable)")                                                              \
      for (int i = pair; i < pair + group_blocks; i += LANES) {                                          \
        vector_u32 first, second;                                                                        \
        memcpy(&first, words + i, sizeof first);                                                         \
        memcpy(&second, words + i + group_blocks, sizeof second);                                        \
        vector_f32 length = radius(first), cosine, sine;                                                 \
        turn(second, &cosine, &sine);                                                                    \
        vector_f32 value = LOAD(x + i) + length * cosine * sigma;                                        \
        memcpy(row + i, &value, sizeof value);                                                           \
        value = LOAD(x + i + group_blocks) + length * sine * sigma;                                      \
        memcpy(row + i + group_blocks, &value, sizeof value);                                            \
      }                                                                                                  \
    }                                                                                                    \
  }

GAUSSIAN_GROUP(gaussian_group, float, load_real)
GAUSSIAN_GROUP(gaussian_grid_group, uint8_t, load_grid)

#define SINGLE_GROUP(FUNCTION, NOISE, ELEMENT, LOAD)                                                     \
  INLINE void FUNCTION(                                                                                  \
    const struct schedule *schedule, float scale, uint32_t block, const ELEMENT *x, float *row) {        \
    uint32_t words[group_coordinates];                                                                   \
    words_group(schedule, block, words);                                                                 \
    PASS(words);                                                                                         \
    _Pragma("clang loop unroll(disable)")                                                                \
    for (int i = 0; i < group_coordinates; i += LANES) {                                                 \
      vector_u32 word;                                                                                   \
      memcpy(&word, words + i, sizeof word);                                                             \
      vector_f32 value = LOAD(x + i) + NOISE(word) * scale;                                              \
      memcpy(row + i, &value, sizeof value);                                                             \
    }                                                                                                    \
  }

SINGLE_GROUP(uniform_group, uniform, float, load_real)
SINGLE_GROUP(uniform_grid_group, uniform, uint8_t, load_grid)
SINGLE_GROUP(laplace_group, laplace, float, load_real)
SINGLE_GROUP(laplace_grid_group, laplace, uint8_t, load_grid)

/// Draws the coordinates of four vectors again, ties of the leading bits resolved.
__attribute__((noinline, cold)) TARGET static void draw_one_by_one(
  const struct certify_noise_address *address, const struct certify_integer_table *table,
  uint32_t coordinate, vector_i32 outcomes[4]) {
  int32_t drawn[4][LANES];
  for (uint32_t j = 0; j < 4; j++) {
    for (uint32_t l = 0; l < LANES; l++) {
      drawn[j][l] = (int32_t)certify_integer_outcome(address, table, coordinate + group_blocks * j + l);
    }
  }
  memcpy(outcomes, drawn, sizeof drawn);
}

/// The lanes whose draw failed, and the row of 64 coordinates from block `block`.
INLINE vector_i32 integer_group(
  const struct schedule *schedule, const struct certify_noise_address *address,
  const struct certify_integer_table *table, uint32_t block, const uint8_t *x, float *row) {
  const uint32_t shift = 32 - table->bits, mask = (1u << shift) - 1;
  uint32_t words[group_coordinates], entries[group_coordinates];
  words_group(schedule, block, words);
  PASS(words);
  // Scalar loads: gather instructions are slower on some machines and hardly faster on the others.
#pragma clang loop vectorize(disable) unroll_count(16)
  for (int i = 0; i < group_coordinates; i++) entries[i] = table->entries[words[i] >> shift];
  PASS(entries);
  vector_i32 failed = 0;
#pragma clang loop unroll(disable)
  for (int start = 0; start < group_blocks; start += LANES) {
    vector_i32 outcomes[4], ties = 0;
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      const int i = group_blocks * j + start;
      vector_u32 word, entry;
      memcpy(&word, words + i, sizeof word);
      memcpy(&entry, entries + i, sizeof entry);
      vector_u32 leading = word & mask, threshold = entry & mask;
      vector_i32 own = leading < threshold;
      // The column is on top of the word as the alias is on top of the entry.
      vector_u32 chosen = ((vector_u32)own & word) | (~(vector_u32)own & entry);
      outcomes[j] = (vector_i32)(chosen >> (vector_u32)shift);
      ties |= leading == threshold;
    }
    if (__builtin_expect(__builtin_reduce_or(ties) != 0, 0)) {
      vector_i32 drawn[4];
      draw_one_by_one(address, table, block * 4 + (uint32_t)start, drawn);
      for (int j = 0; j < 4; j++) outcomes[j] = drawn[j];
    }
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      const int i = group_blocks * j + start;
      failed |= outcomes[j] == table->failed;
      vector_i32 value = load_integers(x + i) + (outcomes[j] - table->offset);
      value = __builtin_elementwise_max(value, (vector_i32)table->lower);
      value = __builtin_elementwise_min(value, (vector_i32)table->upper);
      vector_f32 real = __builtin_convertvector(value, vector_f32) / 255.0f;
      memcpy(row + i, &real, sizeof real);
    }
  }
  return failed;
}

TARGET void NAME(certify_words)(
  const struct certify_noise_address *address, uint32_t *words, size_t count) {
  struct schedule schedule;
  prepare(address, &schedule);
  const size_t whole = count - count % group_coordinates;
  for (size_t i = 0; i < whole; i += group_coordinates) words_group(&schedule, (uint32_t)(i / 4), words + i);
  if (whole < count) {
    uint32_t rest[group_coordinates];
    words_group(&schedule, (uint32_t)(whole / 4), rest);
    memcpy(words + whole, rest, (count - whole) * sizeof *words);
  }
}

#define FLOAT_ROW(FUNCTION, GROUP, ELEMENT)                                                           \
  TARGET void NAME(FUNCTION)(                                                                            \
    const struct certify_noise_address *address, float scale, const ELEMENT *x, float *row,              \
    size_t count) {                                                                                      \
    struct schedule schedule;                                                                            \
    prepare(address, &schedule);                                                                         \
    const size_t whole = count - count % group_coordinates;                                              \
    for (size_t i = 0; i < whole; i += group_coordinates) {                                              \
      GROUP(&schedule, scale, (uint32_t)(i / 4), x + i, row + i);                                          \
    }                                                                                                    \
    if (whole < count) {                                                                                 \
      ELEMENT x_rest[group_coordinates] = {0};                                                           \
      float row_rest[group_coordinates];                                                                 \
      memcpy(x_rest, x + whole, (count - whole) * sizeof *x);                                            \
      GROUP(&schedule, scale, (uint32_t)(whole / 4), x_rest, row_rest);                                    \
      memcpy(row + whole, row_rest, (count - whole) * sizeof *row);                                      \
    }                                                                                                    \
  }

FLOAT_ROW(certify_gaussian_row, gaussian_group, float)
FLOAT_ROW(certify_gaussian_grid_row, gaussian_grid_group, uint8_t)
FLOAT_ROW(certify_uniform_row, uniform_group, float)
FLOAT_ROW(certify_uniform_grid_row, uniform_grid_group, uint8_t)
FLOAT_ROW(certify_laplace_row, laplace_group, float)
FLOAT_ROW(certify_laplace_grid_row, laplace_grid_group, uint8_t)

TARGET bool NAME(certify_integer_row)(
  const struct certify_noise_address *address, const struct certify_integer_table *table, const uint8_t *x,
  float *row, size_t count) {
  struct schedule schedule;
  prepare(address, &schedule);
  const size_t whole = count - count % group_coordinates;
  vector_i32 failed = 0;
  for (size_t i = 0; i < whole; i += group_coordinates) {
    failed |= integer_group(&schedule, address, table, (uint32_t)(i / 4), x + i, row + i);
  }
  if (__builtin_reduce_or(failed) != 0) return false;
  if (whole < count) {
    uint8_t x_rest[group_coordinates] = {0};
    float row_rest[group_coordinates];
    memcpy(x_rest, x + whole, count - whole);
    failed = integer_group(&schedule, address, table, (uint32_t)(whole / 4), x_rest, row_rest);
    if (__builtin_reduce_or(failed) != 0) {
      // The lanes beyond the row do not count.
      for (size_t i = whole; i < count; i++) {
        if (certify_integer_outcome(address, table, (uint32_t)i) == (uint32_t)table->failed) return false;
      }
    }
    memcpy(row + whole, row_rest, (count - whole) * sizeof *row);
  }
  return true;
}
