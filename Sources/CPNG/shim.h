#ifndef VAE_PNG_H
#define VAE_PNG_H

#include <png.h>
#include <setjmp.h>

static inline void vae_png_count(png_structp png, png_bytep bytes, size_t count) {
  (void)bytes;
  *(size_t *)png_get_io_ptr(png) += count;
}
static inline void vae_png_flush(png_structp png) { (void)png; }
static inline void vae_png_ignore(png_structp png, png_const_charp message) { (void)png, (void)message; }

// Bytes of a PNG of the greatest effort with rows of 1-bit grey or of 8-bit grey (channels 1) or RGB (3); 0 if it cannot
// be made. Here and not in Swift, whose frames libpng's errors would jump across.
static inline size_t vae_png_size(
  const unsigned char *rows, unsigned width, unsigned height, int bits, int channels) {
  size_t size = 0, stride = ((size_t)width * channels * bits + 7) / 8;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, vae_png_ignore);
  if (!png) return 0;
  png_infop info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, info ? &info : NULL);
    return 0;
  }
  png_set_write_fn(png, &size, vae_png_count, vae_png_flush);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
  png_set_compression_level(png, 9);
  png_set_IHDR(
    png, info, width, height, bits, channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (unsigned y = 0; y < height; y++) png_write_row(png, rows + y * stride);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return size;
}

#endif
