#include "ck_parallel.h"
#include <pthread.h>
#include <stdlib.h>

enum { MAX_THREADS = 256 };

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
    int ready = 0;
    for (; ready < threads; ready++) {
        workers[ready].region = &shared;
        workers[ready].scratch = NULL;
        if (scratch_bytes && posix_memalign(&workers[ready].scratch, 64, scratch_bytes)) break;
    }
    if (ready == 0) return -1;
    int started = 1;
    for (; started < ready; started++)
        if (pthread_create(&handles[started], NULL, work, &workers[started])) break;
    work(&workers[0]);
    for (int i = 1; i < started; i++) pthread_join(handles[i], NULL);
    for (int i = 0; i < ready; i++) free(workers[i].scratch);
    return 0;
}
