#ifndef CONCOURS_LABEL_OVERLAP_H
#define CONCOURS_LABEL_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

/// Instruction sets of the pass, from the one that every machine has upwards.
enum {
    LABEL_OVERLAP_BASELINE = 0,
    LABEL_OVERLAP_AVX2 = 1,
    LABEL_OVERLAP_AVX512 = 2,
};

/// How a pass ended.
enum {
    LABEL_OVERLAP_OK = 0,
    LABEL_OVERLAP_NO_MEMORY = 1,
    LABEL_OVERLAP_TOO_MANY_CELLS = 2,
};

/// One cell of the contingency table: `key` has the truth's label in its upper and the prediction's in its lower 32 bits.
/// A key of 0 marks a free slot: voxels that are background in both images are not counted.
typedef struct {
    uint64_t key;
    uint64_t voxels;
} label_overlap_cell;

/// An open-addressing table; owned by the caller, released with `label_overlap_release`.
typedef struct {
    label_overlap_cell *cells;
    size_t capacity;
    size_t used;
} label_overlap_table;

/// The best instruction set of this machine.
int32_t label_overlap_best_instructions(void);

/// Counts the voxels of every pair of labels in one pass over two images of `count` voxels.
///
/// `seed` places the keys in the table and never changes what is counted; a random one keeps crafted labels from colliding.
/// `instructions` above what the machine has are lowered to `label_overlap_best_instructions()`.
/// Ends early with LABEL_OVERLAP_TOO_MANY_CELLS when more than `max_cells` pairs occur. `table` needs a release in every case.
int32_t label_overlap_count(const uint32_t *truth, const uint32_t *prediction, size_t count, size_t max_cells, uint64_t seed,
                            int32_t instructions, label_overlap_table *table);

/// Copies the `used` cells of the table to `cells`, in no particular order.
void label_overlap_collect(const label_overlap_table *table, label_overlap_cell *cells);

/// Frees the table's memory.
void label_overlap_release(label_overlap_table *table);

#endif
