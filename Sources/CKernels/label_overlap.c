// Label overlap by run lengths: the images are compared with themselves shifted by one voxel, so that only changes of a
// label reach the hash table. The pass then runs at memory speed, because label images consist of long runs.

#include "label_overlap.h"

#include <stdlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static const size_t first_capacity = 1 << 12;

static inline size_t slot_of(uint64_t key, uint64_t seed, size_t capacity) {
    unsigned __int128 product = (unsigned __int128)(key ^ seed) * 0x9E3779B97F4A7C15u;
    return ((uint64_t)product ^ (uint64_t)(product >> 64)) & (capacity - 1);
}

static int grow(label_overlap_table *table, uint64_t seed) {
    size_t capacity = table->capacity * 2;
    label_overlap_cell *cells = calloc(capacity, sizeof *cells);
    if (!cells) return LABEL_OVERLAP_NO_MEMORY;
    for (size_t i = 0; i < table->capacity; i++) {
        label_overlap_cell cell = table->cells[i];
        if (cell.key == 0) continue;
        size_t slot = slot_of(cell.key, seed, capacity);
        while (cells[slot].key != 0) slot = (slot + 1) & (capacity - 1);
        cells[slot] = cell;
    }
    free(table->cells);
    table->cells = cells;
    table->capacity = capacity;
    return LABEL_OVERLAP_OK;
}

typedef struct {
    const uint32_t *truth;
    const uint32_t *prediction;
    size_t max_cells;
    uint64_t seed;
    label_overlap_table *table;
} pass;

// Adds the run [start, end), whose voxels all carry the labels at `start`.
static inline __attribute__((always_inline)) int add_run(const pass *p, size_t start, size_t end) {
    uint64_t key = (uint64_t)p->truth[start] << 32 | p->prediction[start];
    if (key == 0) return LABEL_OVERLAP_OK;
    label_overlap_table *table = p->table;
    size_t slot = slot_of(key, p->seed, table->capacity);
    while (table->cells[slot].key != key) {
        if (table->cells[slot].key == 0) {
            if (table->used == p->max_cells) return LABEL_OVERLAP_TOO_MANY_CELLS;
            table->cells[slot].key = key;
            table->cells[slot].voxels = end - start;
            table->used++;
            return table->used * 2 > table->capacity ? grow(table, p->seed) : LABEL_OVERLAP_OK;
        }
        slot = (slot + 1) & (table->capacity - 1);
    }
    table->cells[slot].voxels += end - start;
    return LABEL_OVERLAP_OK;
}

// Voxel by voxel from `i` to `end`; `start` is where the open run began. Closes the last run.
static int finish(const pass *p, size_t start, size_t i, size_t end) {
    for (; i < end; i++) {
        if (p->truth[i] == p->truth[i - 1] && p->prediction[i] == p->prediction[i - 1]) continue;
        int status = add_run(p, start, i);
        if (status != LABEL_OVERLAP_OK) return status;
        start = i;
    }
    return add_run(p, start, end);
}

static int count_baseline(const pass *p, size_t count) {
    size_t start = 0, i = 1;
    for (; i + 16 <= count; i += 16) {
        const uint32_t *t = p->truth + i, *q = p->prediction + i;
        uint32_t changes = 0;
        for (int k = 0; k < 16; k++) changes |= (t[k] ^ t[k - 1]) | (q[k] ^ q[k - 1]);
        if (changes == 0) continue;
        for (size_t k = i; k < i + 16; k++) {
            if (p->truth[k] == p->truth[k - 1] && p->prediction[k] == p->prediction[k - 1]) continue;
            int status = add_run(p, start, k);
            if (status != LABEL_OVERLAP_OK) return status;
            start = k;
        }
    }
    return finish(p, start, i, count);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static int count_avx2(const pass *p, size_t count) {
    size_t start = 0, i = 1;
    for (; i + 16 <= count; i += 16) {
        const uint32_t *t = p->truth + i, *q = p->prediction + i;
        uint32_t equal = 0;
        for (int half = 0; half < 16; half += 8) {
            __m256i same_truth = _mm256_cmpeq_epi32(_mm256_loadu_si256((const __m256i *)(t + half)),
                                                    _mm256_loadu_si256((const __m256i *)(t + half - 1)));
            __m256i same_prediction = _mm256_cmpeq_epi32(_mm256_loadu_si256((const __m256i *)(q + half)),
                                                         _mm256_loadu_si256((const __m256i *)(q + half - 1)));
            __m256i same = _mm256_and_si256(same_truth, same_prediction);
            equal |= (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(same)) << half;
        }
        for (uint32_t changes = ~equal & 0xFFFFu; changes != 0; changes &= changes - 1) {
            size_t end = i + (size_t)__builtin_ctz(changes);
            int status = add_run(p, start, end);
            if (status != LABEL_OVERLAP_OK) return status;
            start = end;
        }
    }
    return finish(p, start, i, count);
}

__attribute__((target("avx512f"))) static int count_avx512(const pass *p, size_t count) {
    size_t start = 0, i = 1;
    for (; i + 16 <= count; i += 16) {
        const uint32_t *t = p->truth + i, *q = p->prediction + i;
        uint32_t changes = _mm512_cmpneq_epi32_mask(_mm512_loadu_si512(t), _mm512_loadu_si512(t - 1))
            | _mm512_cmpneq_epi32_mask(_mm512_loadu_si512(q), _mm512_loadu_si512(q - 1));
        for (; changes != 0; changes &= changes - 1) {
            size_t end = i + (size_t)__builtin_ctz(changes);
            int status = add_run(p, start, end);
            if (status != LABEL_OVERLAP_OK) return status;
            start = end;
        }
    }
    return finish(p, start, i, count);
}

int32_t label_overlap_best_instructions(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return LABEL_OVERLAP_AVX512;
    return __builtin_cpu_supports("avx2") ? LABEL_OVERLAP_AVX2 : LABEL_OVERLAP_BASELINE;
}

#else

int32_t label_overlap_best_instructions(void) { return LABEL_OVERLAP_BASELINE; }

#endif

int32_t label_overlap_count(const uint32_t *truth, const uint32_t *prediction, size_t count, size_t max_cells, uint64_t seed,
                            int32_t instructions, label_overlap_table *table) {
    table->capacity = first_capacity;
    table->used = 0;
    table->cells = calloc(first_capacity, sizeof *table->cells);
    if (!table->cells) {
        table->capacity = 0;
        return LABEL_OVERLAP_NO_MEMORY;
    }
    if (count == 0) return LABEL_OVERLAP_OK;
    pass p = {truth, prediction, max_cells, seed, table};
    int32_t best = label_overlap_best_instructions();
    if (instructions > best) instructions = best;
#if defined(__x86_64__)
    if (instructions == LABEL_OVERLAP_AVX512) return count_avx512(&p, count);
    if (instructions == LABEL_OVERLAP_AVX2) return count_avx2(&p, count);
#endif
    return count_baseline(&p, count);
}

void label_overlap_collect(const label_overlap_table *table, label_overlap_cell *cells) {
    size_t next = 0;
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->cells[i].key != 0) cells[next++] = table->cells[i];
    }
}

void label_overlap_release(label_overlap_table *table) {
    free(table->cells);
    table->cells = NULL;
    table->capacity = 0;
    table->used = 0;
}
