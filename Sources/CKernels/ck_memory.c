#include "ck_memory.h"
#include <stdint.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/mman.h>
#include <unistd.h>

static const size_t line = 64, most_small = 64 << 10, large_page = CK_LARGE_PAGE;

static size_t round_up(size_t value, size_t step) { return (value + step - 1) / step * step; }

void *ck_take_memory(size_t bytes) {
    if (bytes <= most_small) {
        void *memory = NULL;
        return posix_memalign(&memory, line, bytes ? bytes : 1) ? NULL : memory;
    }
    int is_large = bytes >= large_page;
    if (bytes > SIZE_MAX / 2) return NULL;
    size_t kept = round_up(bytes, (size_t)sysconf(_SC_PAGESIZE)), taken = is_large ? kept + large_page : kept;
    char *memory = mmap(NULL, taken, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    if (!is_large) return memory;
    size_t front = round_up((uintptr_t)memory, large_page) - (uintptr_t)memory;
    if (front) munmap(memory, front);
    if (front < large_page) munmap(memory + front + kept, large_page - front);
#ifdef MADV_HUGEPAGE
    // A wish; what becomes of it changes nothing but the time.
    (void)madvise(memory + front, kept, MADV_HUGEPAGE);
#endif
    return memory + front;
}

void ck_give_memory(void *memory, size_t bytes) {
    if (!memory) return;
    if (bytes <= most_small) free(memory);
    else munmap(memory, round_up(bytes, (size_t)sysconf(_SC_PAGESIZE)));
}

void ck_keep_freed_memory(int large, int kept) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, large);
    mallopt(M_TRIM_THRESHOLD, kept);
#else
    (void)large;
    (void)kept;
#endif
}
