#include <pthread.h>
#include <stdlib.h>

#include "CKernels.h"

// A training step takes and gives back the same few dozen sizes over and over; handing them to malloc each time costs
// page faults on large ones. Sizes are rounded up to eight steps per power of two, so at most an eighth is wasted.
enum { BINS = 40 * 8 };

// An idle buffer holds the address of the next of its size.
union buffer {
  union buffer *next;
  float numbers[16];
};
static union buffer *bins[BINS];
static long live, idle_bytes;
static const long most_idle_bytes = 256L << 20;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int bin_of(long count, long *rounded) {
  long units = (count + 15) / 16;  // of 64 bytes
  if (units <= 8) {
    units = units < 1 ? 1 : units;
    *rounded = units * 16;
    return (int)units - 1;
  }
  int shift = 60 - __builtin_clzl((unsigned long)units);  // leaves the top four bits
  long step = 1L << shift;
  long up = (units + step - 1) / step;  // 8...16
  *rounded = up * step * 16;
  return shift * 8 + (int)up - 1;
}

float *ck_buffer_take(long count) {
  long rounded;
  union buffer **bin = &bins[bin_of(count, &rounded)], *buffer;
  pthread_mutex_lock(&lock);
  live++;
  buffer = *bin;
  if (buffer) {
    *bin = buffer->next;
    idle_bytes -= rounded * (long)sizeof(float);
  }
  pthread_mutex_unlock(&lock);
  if (!buffer && posix_memalign((void **)&buffer, 64, (size_t)rounded * sizeof(float)) != 0) abort();
  return buffer->numbers;
}

void ck_buffer_give(float *numbers, long count) {
  long rounded;
  union buffer **bin = &bins[bin_of(count, &rounded)], *buffer = (union buffer *)numbers;
  long bytes = rounded * (long)sizeof(float);
  pthread_mutex_lock(&lock);
  live--;
  if (idle_bytes + bytes <= most_idle_bytes) {
    buffer->next = *bin;
    *bin = buffer;
    idle_bytes += bytes;
    buffer = 0;
  }
  pthread_mutex_unlock(&lock);
  free(buffer);
}

long ck_buffers_live(void) {
  pthread_mutex_lock(&lock);
  long count = live;
  pthread_mutex_unlock(&lock);
  return count;
}

void ck_buffers_release_idle(void) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < BINS; i++)
    while (bins[i]) {
      union buffer *next = bins[i]->next;
      free(bins[i]);
      bins[i] = next;
    }
  idle_bytes = 0;
  pthread_mutex_unlock(&lock);
}
