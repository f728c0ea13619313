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

// Numbers 2j and 2j + 1 of a stream come from the two words of block j. Blocks are run GROUP at a time, whole groups
// only, so the counter's low word does not wrap within one; a request may begin anywhere in its first group.
enum { GROUP = 32, WORDS = 1024 };

// The words of numbers first, first + 1, ..., `first` being at `from`; returns how many there are, at most n.
CK_INLINE long draw(uint64_t key, uint64_t first, long n, uint32_t *words, long *from) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  *from = (long)(first % (2 * GROUP));
  uint64_t start = first / 2 / GROUP * GROUP;
  long end = *from + n < WORDS ? *from + n : WORDS;
  for (long w = 0; w < end; w += 2 * GROUP, start += GROUP)
#pragma clang loop interleave_count(2)  // a round waits for the one before: two blocks per lane fill the gaps
    for (uint32_t j = 0; j < GROUP; j++) {
      uint32_t a = (uint32_t)start + j, b = (uint32_t)(start >> 32);
      THREEFRY(a, b, k0, k1)
      words[w + 2 * j] = a;
      words[w + 2 * j + 1] = b;
    }
  return end - *from;
}

// out[i] = value, in terms of i and of the random word of number `first + i`.
#define DRAW_EACH(value)                                                        \
  uint32_t words[WORDS];                                                        \
  for (long start = 0, from, count; start < n; start += count) {                \
    count = draw(key, first + (uint64_t)start, n - start, words, &from);        \
    for (long i = start; i < start + count; i++) {                              \
      uint32_t word = words[from + i - start];                                  \
      out[i] = (value);                                                         \
    }                                                                           \
  }

CK_INLINE float uniform_of(uint32_t bits) { return (float)(int32_t)((bits >> 8) + 1) * 0x1p-24f; }  // (0, 1]

CK_CLONES void ck_random_uniform(uint64_t key, uint64_t first, float *out, long n) {
  DRAW_EACH(uniform_of(word))
}

// Box-Muller: a block's words give a radius sqrt(-2 log u) and an angle; the numbers are its cosine and its sine part.
CK_CLONES void ck_random_normal(uint64_t key, uint64_t first, float *out, long n) {
  uint32_t words[WORDS];
  float pairs[WORDS];
  long from, count;
  for (; n > 0; n -= count, first += (uint64_t)count, out += count) {
    count = draw(key, first, n, words, &from);
    for (long w = 0; w < from + count; w += 2 * GROUP)
      for (long j = w; j < w + 2 * GROUP; j += 2) {
        uint32_t a = words[j], b = words[j + 1];
        // 31 bits of the radius reach out to 6.6 deviations; 24 would stop at 5.8.
        float u = ((float)(int32_t)(a >> 1) + 0.5f) * 0x1p-31f;
        float radius = ck_sqrt1(-2.0f * ck_log_normal1(u));
        // The angle in quarter turns: the two high bits tell which, the others where in it, in [-1/2, 1/2).
        float r = (float)(int32_t)(b << 2) * 0x1p-32f, rr = r * r;
        float s = 1.5820675e-4f;
        s = s * rr - 4.6812664e-3f;
        s = s * rr + 7.9692580e-2f;
        s = s * rr - 6.4596409e-1f;
        s = (s * rr + 1.5707964f) * r * radius;
        float c = 9.0363168e-4f;
        c = c * rr - 2.0860072e-2f;
        c = c * rr + 2.5366920e-1f;
        c = c * rr - 1.2337005f;
        c = (c * rr + 1.0f) * radius;
        // cos and sin of q + r quarter turns: (c, s), (-s, c), (-c, -s), (s, -c) for q = 0, 1, 2, 3.
        uint32_t odd = b & 0x40000000u;
        pairs[j] = ck_from_bits(ck_to_bits(odd ? s : c) ^ ((b + 0x40000000u) & 0x80000000u));
        pairs[j + 1] = ck_from_bits(ck_to_bits(odd ? c : s) ^ (b & 0x80000000u));
      }
    memcpy(out, pairs + from, (unsigned long)count * sizeof(float));
  }
}

CK_CLONES void ck_bytes_to_floats(const uint8_t *bytes, float *out, long n) {
  for (long i = 0; i < n; i++) out[i] = (float)bytes[i] / 255.0f;
}

CK_CLONES void ck_bernoulli_from_bytes(const uint8_t *bytes, uint64_t key, uint64_t first, float *out, long n) {
  DRAW_EACH(uniform_of(word) * 255.0f <= (float)bytes[i] ? 1.0f : 0.0f)
}

CK_CLONES void ck_bernoulli_from_floats(const float *p, uint64_t key, uint64_t first, float *out, long n) {
  DRAW_EACH(uniform_of(word) <= p[i] ? 1.0f : 0.0f)
}

CK_CLONES void ck_dequantize_bytes(const uint8_t *bytes, uint64_t key, uint64_t first, float *out, long n) {
  DRAW_EACH((float)(int32_t)((uint32_t)bytes[i] << 16 | word >> 16) * 0x1p-24f)
}
