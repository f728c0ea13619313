#include "CKernels.h"
#include "vector_math.h"

// What of a kernel's `size` places, the first at `start`, lies within 0 ..< limit.
CK_INLINE long first_inside(long start) { return start < 0 ? -start : 0; }
CK_INLINE long last_inside(long start, long size, long limit) { return start + size > limit ? limit - start : size; }

// A kernel's row lies in one piece both in the window and on the image.
CK_CLONES void ck_add_windows(const float *windows, float *images, struct ck_windows s, long first, long rows) {
  long stretch = s.kernel_width * s.channels, window = s.kernel_height * stretch;
  for (long r = first; r < first + rows; r++) {
    float *image = images + r / s.output_height * s.height * s.width * s.channels;
    long top = r % s.output_height * s.stride_height - s.padding_height;
    long bottom = last_inside(top, s.kernel_height, s.height);
    for (long o = 0; o < s.output_width; o++, windows += window) {
      long left = o * s.stride_width - s.padding_width, begin = first_inside(left);
      long count = (last_inside(left, s.kernel_width, s.width) - begin) * s.channels;
      for (long k = first_inside(top); k < bottom; k++) {
        const float *restrict from = windows + k * stretch + begin * s.channels;
        float *restrict to = image + ((top + k) * s.width + left + begin) * s.channels;
        for (long i = 0; i < count; i++) to[i] += from[i];
      }
    }
  }
}

CK_CLONES void ck_repeat_pixels(
  const float *x, float *out, long images, long height, long width, long channels, long tall, long wide, float scale) {
  for (long row = 0; row < images * height * tall; row++) {
    const float *from = x + row / tall * width * channels;
    for (long column = 0; column < width * wide; column++, out += channels) {
      const float *restrict pixel = from + column / wide * channels;
      float *restrict to = out;
      for (long c = 0; c < channels; c++) to[c] = scale * pixel[c];
    }
  }
}

CK_CLONES void ck_sum_pixels(
  const float *x, float *out, long images, long height, long width, long channels, long tall, long wide, float scale) {
  long stride = width * wide * channels;
  for (long row = 0; row < images * height; row++, x += tall * stride)
    for (long column = 0; column < width; column++, out += channels) {
      const float *restrict block = x + column * wide * channels;
      float *restrict to = out;
      for (long c = 0; c < channels; c++) to[c] = 0.0f;
      for (long dy = 0; dy < tall; dy++)
        for (long dx = 0; dx < wide; dx++)
          for (long c = 0; c < channels; c++) to[c] += block[dy * stride + dx * channels + c];
      for (long c = 0; c < channels; c++) to[c] *= scale;
    }
}
