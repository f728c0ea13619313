#include "CKernels.h"
#include "vector_math.h"

// Threefry-2x32-20: a block cipher's rounds on a counter. Only additions, rotations and exclusive ors, so the compiler
// runs one counter per vector lane; number i of a key is always the same, whoever asks and in whatever order.
CK_INLINE uint32_t rotate(uint32_t x, int by) { return x << by | x >> (32 - by); }

#define ROUND(r) a += b, b = rotate(b, r), b ^= a;
#define FOUR_ROUNDS(r0, r1, r2, r3, k, l, i) ROUND(r0) ROUND(r1) ROUND(r2) ROUND(r3) a += k, b += l + i;
#define THREEFRY(a, b, k0, k1)                          \
  {                                                     \
    uint32_t k2 = (k0) ^ (k1) ^ 0x1BD11BDAu;            \
    a += k0, b += k1;                                   \
    FOUR_ROUNDS(13, 15, 26, 6, k1, k2, 1)               \
    FOUR_ROUNDS(17, 29, 16, 24, k2, k0, 2)              \
    FOUR_ROUNDS(13, 15, 26, 6, k0, k1, 3)               \
    FOUR_ROUNDS(17, 29, 16, 24, k1, k2, 4)              \
    FOUR_ROUNDS(13, 15, 26, 6, k2, k0, 5)               \
  }

void ck_threefry2x32(const uint32_t key[2], const uint32_t counter[2], uint32_t out[2]) {
  uint32_t a = counter[0], b = counter[1], k0 = key[0], k1 = key[1];
  THREEFRY(a, b, k0, k1)
  out[0] = a, out[1] = b;
}

// One block per number keeps number i independent of where a request begins; the second word goes unused, or is the
// second number that Box-Muller needs.
CK_INLINE float uniform_of(uint32_t bits) { return (float)(int32_t)((bits >> 8) + 1) * 0x1p-24f; }  // (0, 1]

CK_CLONES void ck_random_uniform(uint64_t key, uint64_t first, float *out, long n) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (long i = 0; i < n; i++) {
    uint64_t index = first + (uint64_t)i;
    uint32_t a = (uint32_t)index, b = (uint32_t)(index >> 32);
    THREEFRY(a, b, k0, k1)
    out[i] = uniform_of(a);
  }
}

// Box-Muller: sqrt(-2 log u) cos(2 pi v), the cosine reduced to a quarter turn.
CK_CLONES void ck_random_normal(uint64_t key, uint64_t first, float *out, long n) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (long i = 0; i < n; i++) {
    uint64_t index = first + (uint64_t)i;
    uint32_t a = (uint32_t)index, b = (uint32_t)(index >> 32);
    THREEFRY(a, b, k0, k1)
    // 32 bits of the radius reach out to 6.6 deviations; 24 would stop at 5.8.
    float u = (float)(int32_t)(a >> 8) * 0x1p-24f + ((float)(int32_t)(a & 0xff) + 0.5f) * 0x1p-32f;
    float radius = ck_sqrt1(-2.0f * ck_log1(u));
    float turns = (float)(int32_t)(b >> 8) * 0x1p-22f;  // quarter turns in [0, 4)
    float shifted = turns + CK_ROUNDER;
    float quarter = shifted - CK_ROUNDER, r = turns - quarter, rr = r * r;
    int32_t q = (int32_t)quarter;
    float s = 1.5820675e-4f;
    s = s * rr - 4.6812664e-3f;
    s = s * rr + 7.9692580e-2f;
    s = s * rr - 6.4596409e-1f;
    s = (s * rr + 1.5707964f) * r;
    float c = 9.0363168e-4f;
    c = c * rr - 2.0860072e-2f;
    c = c * rr + 2.5366920e-1f;
    c = c * rr - 1.2337005f;
    c = c * rr + 1.0f;
    // cos((q + r) quarter turns): c, -s, -c, s for q = 0, 1, 2, 3 (and 4 is 0 again)
    float value = (q & 1) ? s : c;
    value = ((q + 1) & 2) ? -value : value;
    out[i] = radius * value;
  }
}

CK_CLONES void ck_bytes_to_floats(const uint8_t *bytes, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = (float)bytes[i] / 255.0f;
}

CK_CLONES void ck_bernoulli_from_bytes(const uint8_t *bytes, uint64_t key, uint64_t first, float *out, long n) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (long i = 0; i < n; i++) {
    uint64_t index = first + (uint64_t)i;
    uint32_t a = (uint32_t)index, b = (uint32_t)(index >> 32);
    THREEFRY(a, b, k0, k1)
    out[i] = uniform_of(a) * 255.0f <= (float)bytes[i] ? 1.0f : 0.0f;
  }
}

CK_CLONES void ck_bernoulli_from_floats(const float *p, uint64_t key, uint64_t first, float *out, long n) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (long i = 0; i < n; i++) {
    uint64_t index = first + (uint64_t)i;
    uint32_t a = (uint32_t)index, b = (uint32_t)(index >> 32);
    THREEFRY(a, b, k0, k1)
    out[i] = uniform_of(a) <= p[i] ? 1.0f : 0.0f;
  }
}
