#ifndef VAE_JPEG_H
#define VAE_JPEG_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// libjpeg ends the program on an error unless its handler jumps away. It jumps here and not in Swift, whose frames it would
// cross; what went wrong comes back as text.
typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf jump;
  char *message;  // JMSG_LENGTH_MAX bytes
} vae_jpeg_trap;

static inline void vae_jpeg_fail(j_common_ptr info) {
  vae_jpeg_trap *trap = (vae_jpeg_trap *)info->err;
  trap->base.format_message(info, trap->message);
  longjmp(trap->jump, 1);
}

// Warnings that mean lost pixels are errors; odd but harmless headers are not.
static inline void vae_jpeg_warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF: case JWRN_HIT_MARKER: case JWRN_HUFF_BAD_CODE: case JWRN_MUST_RESYNC: case JWRN_ARITH_BAD_CODE:
      vae_jpeg_fail(info);
  }
}

static inline void vae_jpeg_ignore(j_common_ptr info) { (void)info; }

// A progressive file can ask for its pixels to be gone over any number of times.
static inline void vae_jpeg_progress(j_common_ptr info) {
  if (!info->is_decompressor || ((j_decompress_ptr)info)->input_scan_number <= 200) return;
  strcpy(((vae_jpeg_trap *)info->err)->message, "more than 200 scans");
  longjmp(((vae_jpeg_trap *)info->err)->jump, 1);
}

static inline struct jpeg_error_mgr *vae_jpeg_errors(vae_jpeg_trap *trap, char *message) {
  jpeg_std_error(&trap->base);
  trap->base.error_exit = vae_jpeg_fail;
  trap->base.emit_message = vae_jpeg_warn;
  trap->base.output_message = vae_jpeg_ignore;
  trap->message = message;
  return &trap->base;
}

typedef struct {
  int width, height;
  int channels;     // as decoded: 1 grey, 3 RGB, 4 CMYK
  int is_inverted;  // CMYK as Adobe writes it, 255 for no ink
} vae_jpeg_info;

enum { vae_jpeg_message_length = JMSG_LENGTH_MAX };

// Reads the header and, if there is `output`, all pixels [height, width, channels] of the picture reduced `denominator`
// (1, 2, 4 or 8) times, rounded up; `capacity` is its size in bytes. Returns 0, with a message, for what can't be decoded.
static inline int vae_jpeg_read(
  const unsigned char *bytes, size_t count, int denominator, unsigned char *output, size_t capacity,
  vae_jpeg_info *found, char *message) {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_progress_mgr progress = {.progress_monitor = vae_jpeg_progress};
  vae_jpeg_trap trap;
  memset(&jpeg, 0, sizeof jpeg);
  jpeg.err = vae_jpeg_errors(&trap, message);
  if (setjmp(trap.jump)) {
    jpeg_destroy_decompress(&jpeg);
    return 0;
  }
  jpeg_create_decompress(&jpeg);
  jpeg.progress = &progress;
  jpeg_mem_src(&jpeg, bytes, count);
  jpeg_read_header(&jpeg, TRUE);
  switch (jpeg.jpeg_color_space) {
    case JCS_GRAYSCALE: jpeg.out_color_space = JCS_GRAYSCALE; break;
    case JCS_CMYK: case JCS_YCCK: jpeg.out_color_space = JCS_CMYK; break;
    default: jpeg.out_color_space = JCS_RGB;
  }
  jpeg.scale_num = 1;
  jpeg.scale_denom = (unsigned)denominator;
  jpeg_calc_output_dimensions(&jpeg);
  found->width = (int)jpeg.output_width;
  found->height = (int)jpeg.output_height;
  found->channels = jpeg.out_color_components;
  found->is_inverted = jpeg.saw_Adobe_marker;
  if (output) {
    size_t stride = (size_t)jpeg.output_width * (size_t)jpeg.out_color_components;
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
      JSAMPROW row = output + jpeg.output_scanline * stride;
      if ((jpeg.output_scanline + 1) * stride > capacity) {
        strcpy(message, "more pixels than its header says");
        longjmp(trap.jump, 1);
      }
      jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
  return 1;
}

// Writes a JPEG of rows of `channels` bytes a pixel (1 grey, 3 RGB, 4 CMYK as Adobe writes it); `*output` is to be freed.
// Returns its size, 0 with a message on failure.
static inline size_t vae_jpeg_write(
  const unsigned char *rows, int width, int height, int channels, int quality, int is_progressive,
  unsigned char **output, char *message) {
  struct jpeg_compress_struct jpeg;
  vae_jpeg_trap trap;
  unsigned long size = 0;
  *output = NULL;
  memset(&jpeg, 0, sizeof jpeg);
  jpeg.err = vae_jpeg_errors(&trap, message);
  if (setjmp(trap.jump)) {
    jpeg_destroy_compress(&jpeg);
    return 0;
  }
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, output, &size);
  jpeg.image_width = (unsigned)width;
  jpeg.image_height = (unsigned)height;
  jpeg.input_components = channels;
  jpeg.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  if (is_progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = (JSAMPROW)rows + (size_t)jpeg.next_scanline * (size_t)(width * channels);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  return size;
}

#endif
