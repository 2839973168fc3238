#include "ck_parallel.h"
#include "ck_memory.h"
#include <pthread.h>

enum { MAX_THREADS = 256, LINE = 64 };

// The scratch memory of the last run is kept for the next one, unless it is large: fresh memory costs a fault for each page.
// It begins with its size, in a line of the cache of its own.
enum { MOST_KEPT_BYTES = 32 << 20 };
static void *spare;

static size_t size_of(const void *memory) { return *(const size_t *)memory; }

static void release(void *memory) {
    if (memory) ck_give_memory(memory, size_of(memory));
}

static void *take_scratch(size_t bytes) {
    void *memory = __atomic_exchange_n(&spare, NULL, __ATOMIC_ACQ_REL);
    bytes += LINE;
    if (memory && size_of(memory) >= bytes) return memory;
    release(memory);
    // Scratch memory is used all over and again, so that one large page is better than some small ones.
    if (bytes >= CK_LARGE_PAGE / 8) bytes = (bytes + CK_LARGE_PAGE - 1) / CK_LARGE_PAGE * CK_LARGE_PAGE;
    memory = ck_take_memory(bytes);
    if (memory) *(size_t *)memory = bytes;
    return memory;
}

static void give_back(void *memory) {
    if (memory && size_of(memory) <= MOST_KEPT_BYTES) memory = __atomic_exchange_n(&spare, memory, __ATOMIC_ACQ_REL);
    release(memory);
}

typedef struct {
    ck_block_body body;
    void *context;
    int64_t blocks;
    int64_t next;
} region;

typedef struct {
    region *region;
    void *scratch;
} worker;

static void *work(void *argument) {
    worker *self = argument;
    region *shared = self->region;
    for (;;) {
        int64_t block = __atomic_fetch_add(&shared->next, 1, __ATOMIC_RELAXED);
        if (block >= shared->blocks) return NULL;
        shared->body(shared->context, block, self->scratch);
    }
}

int ck_parallel_for(int threads, int64_t blocks, size_t scratch_bytes, ck_block_body body, void *context) {
    region shared = {body, context, blocks, 0};
    worker workers[MAX_THREADS];
    pthread_t handles[MAX_THREADS];
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    if (threads > blocks) threads = (int)blocks;
    if (threads < 1) threads = 1;
    scratch_bytes = (scratch_bytes + LINE - 1) / LINE * LINE;
    void *scratch = scratch_bytes ? take_scratch(scratch_bytes * (size_t)threads) : NULL;
    if (scratch_bytes && !scratch) return -1;
    for (int i = 0; i < threads; i++)
        workers[i] = (worker){&shared, scratch ? (char *)scratch + LINE + scratch_bytes * (size_t)i : NULL};
    int started = 1;
    for (; started < threads; started++)
        if (pthread_create(&handles[started], NULL, work, &workers[started])) break;
    work(&workers[0]);
    for (int i = 1; i < started; i++) pthread_join(handles[i], NULL);
    give_back(scratch);
    return 0;
}
