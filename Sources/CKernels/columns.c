#include "CKernels.h"
#include "vector_math.h"

CK_INLINE void split(const float *x, float *first, float *second, long rows, long a, long b) {
  for (long r = 0; r < rows; r++, x += a + b, first += a, second += b) {
    for (long i = 0; i < a; i++) first[i] = x[i];
    for (long i = 0; i < b; i++) second[i] = x[a + i];
  }
}
CK_INLINE void join(const float *first, const float *second, float *out, long rows, long a, long b) {
  for (long r = 0; r < rows; r++, out += a + b, first += a, second += b) {
    for (long i = 0; i < a; i++) out[i] = first[i];
    for (long i = 0; i < b; i++) out[a + i] = second[i];
  }
}

// One or three numbers to a half, as pixels have: loops over so few are unrolled if their length is known.
CK_CLONES void ck_split_columns(const float *x, float *first, float *second, long rows, long a, long b) {
  if (a == 1 && b == 1)
    split(x, first, second, rows, 1, 1);
  else if (a == 3 && b == 3)
    split(x, first, second, rows, 3, 3);
  else
    split(x, first, second, rows, a, b);
}

CK_CLONES void ck_join_columns(const float *first, const float *second, float *out, long rows, long a, long b) {
  if (a == 1 && b == 1)
    join(first, second, out, rows, 1, 1);
  else if (a == 3 && b == 3)
    join(first, second, out, rows, 3, 3);
  else
    join(first, second, out, rows, a, b);
}
