// Counts what a program allocates, by the stacks that it does so from. For LD_PRELOAD; glibc only.
//
// The folder in MALLOC_TRACE has a FIFO `command`. What is written to it is done in its order: `r` begins to count from nothing,
// `d` writes what was counted to the file `counted`: a line `ALLOCATIONS BYTES LIVE_BLOCKS LIVE_BYTES ADDRESS…` for each stack, the
// innermost caller first. Bytes are those that the allocator takes, its own header included. See allocation_trace.py.

#define _GNU_SOURCE
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

enum { depth = 24, own_frames = 2, stack_count = 1 << 16, block_count = 1 << 22, header_bytes = 8 };

struct stack {
  uint64_t hash, allocations, bytes;
  int64_t live_blocks, live_bytes;
  int frame_count;
  void *frames[depth];
};

// Open addressing; a block that was freed leaves `gone`, so that those behind it are still found.
struct block {
  void *address;
  uint32_t stack, bytes;
};

static void *const gone = (void *)1;
static struct stack *stacks;
static struct block *blocks;
static char folder[256];
static volatile int is_counting;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int is_inside;

static struct stack *find_stack(void **frames, int count) {
  uint64_t hash = 14695981039346656037u;
  for (int i = 0; i < count; i++) hash = (hash ^ (uint64_t)frames[i]) * 1099511628211u;
  hash |= 1;
  for (uint32_t i = hash % stack_count;; i = (i + 1) % stack_count) {
    if (stacks[i].hash == hash) return &stacks[i];
    if (stacks[i].hash) continue;
    stacks[i].hash = hash;
    stacks[i].frame_count = count;
    memcpy(stacks[i].frames, frames, count * sizeof *frames);
    return &stacks[i];
  }
}

static uint32_t home(void *address) { return ((uint64_t)address >> 4) * 11400714819323198485u >> 42; }

static void *counted(void *address) {
  if (!is_counting || is_inside || !address) return address;
  is_inside = 1;
  void *frames[depth + own_frames];
  int count = backtrace(frames, depth + own_frames) - own_frames;
  pthread_mutex_lock(&lock);
  uint32_t bytes = malloc_usable_size(address) + header_bytes;
  struct stack *stack = find_stack(frames + own_frames, count > 0 ? count : 0);
  stack->allocations++;
  stack->bytes += bytes;
  stack->live_blocks++;
  stack->live_bytes += bytes;
  uint32_t i = home(address);
  while (blocks[i].address && blocks[i].address != gone) i = (i + 1) % block_count;
  blocks[i] = (struct block){address, stack - stacks, bytes};
  pthread_mutex_unlock(&lock);
  is_inside = 0;
  return address;
}

static void forget(void *address) {
  if (!is_counting || is_inside || !address) return;
  is_inside = 1;
  pthread_mutex_lock(&lock);
  for (uint32_t i = home(address); blocks[i].address; i = (i + 1) % block_count) {
    if (blocks[i].address != address) continue;
    struct stack *stack = &stacks[blocks[i].stack];
    stack->live_blocks--;
    stack->live_bytes -= blocks[i].bytes;
    blocks[i].address = gone;
    break;
  }
  pthread_mutex_unlock(&lock);
  is_inside = 0;
}

// Not inlined, so that each of these and `counted` is one frame of the stack.
#define ALLOCATOR __attribute__((noinline))

ALLOCATOR void *malloc(size_t size) { return counted(__libc_malloc(size)); }
ALLOCATOR void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size)); }
ALLOCATOR void *aligned_alloc(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }
ALLOCATOR void *memalign(size_t alignment, size_t size) { return counted(__libc_memalign(alignment, size)); }

ALLOCATOR int posix_memalign(void **result, size_t alignment, size_t size) {
  void *address = counted(__libc_memalign(alignment, size));
  if (!address) return 12;  // ENOMEM
  *result = address;
  return 0;
}

ALLOCATOR void *realloc(void *old, size_t size) {
  forget(old);
  return counted(__libc_realloc(old, size));
}

void free(void *address) {
  forget(address);
  __libc_free(address);
}

static void begin(void) {
  pthread_mutex_lock(&lock);
  memset(stacks, 0, sizeof *stacks * stack_count);
  memset(blocks, 0, sizeof *blocks * block_count);
  is_counting = 1;
  pthread_mutex_unlock(&lock);
}

static void dump(void) {
  char new[300], path[300];
  snprintf(new, sizeof new, "%s/counted.new", folder);
  snprintf(path, sizeof path, "%s/counted", folder);
  FILE *file = fopen(new, "w");
  if (!file) return;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < stack_count; i++) {
    struct stack *stack = &stacks[i];
    if (!stack->hash) continue;
    fprintf(file, "%lu %lu %ld %ld", stack->allocations, stack->bytes, stack->live_blocks, stack->live_bytes);
    for (int k = 0; k < stack->frame_count; k++) fprintf(file, " %p", stack->frames[k]);
    fprintf(file, "\n");
  }
  pthread_mutex_unlock(&lock);
  fclose(file);
  rename(new, path);
}

static void *obey(void *unused) {
  is_inside = 1;
  char path[300], command;
  snprintf(path, sizeof path, "%s/command", folder);
  for (;;) {
    int file = open(path, O_RDONLY);
    if (file < 0) return unused;
    while (read(file, &command, 1) == 1) {
      if (command == 'r') begin();
      if (command == 'd') dump();
    }
    close(file);
  }
}

__attribute__((constructor)) static void start(void) {
  const char *given = getenv("MALLOC_TRACE");
  if (!given) return;
  snprintf(folder, sizeof folder, "%s", given);
  // The first backtrace loads a library, which allocates.
  void *frames[1];
  backtrace(frames, 1);
  int access = PROT_READ | PROT_WRITE, kind = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  stacks = mmap(NULL, sizeof *stacks * stack_count, access, kind, -1, 0);
  blocks = mmap(NULL, sizeof *blocks * block_count, access, kind, -1, 0);
  pthread_t thread;
  if (stacks != MAP_FAILED && blocks != MAP_FAILED) pthread_create(&thread, NULL, obey, NULL);
}
