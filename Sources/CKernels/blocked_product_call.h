#ifndef CK_BLOCKED_PRODUCT_CALL_H
#define CK_BLOCKED_PRODUCT_CALL_H
#include "include/ck_blocked.h"

// A row of places that takes part in a product, and the columns of weights that it meets.
typedef struct {
    const float *row;
    int64_t offset;   // floats from `row` to what the first result reads; negative where that lies in front of the row
    int64_t column;
    int64_t channels;
} ck_tap;

typedef struct {
    const ck_tap *taps;
    int64_t count;
    const float *weights;   // of one panel
    int64_t width;          // results in the panel: 32 or 16
    const float *bias;      // NULL for 0
    int continues;          // whether the sums go on from what the results hold, instead of the bias
    const float *const *residual;   // for each block of the panel what is added to the sums, lying like the results; or NULL
    const float *origin;            // the first place of the panel's first block of results
    int activation;
    float slope;
    const float *ahead;             // weights that are read next, fetched in the meantime; NULL for none
} ck_product;

// Results of `rows` places for one panel. `step`: floats of input from place to place; `result_step` likewise for the results,
// `block_step` from one block of results to the next.
void ck_product_rows(
    int instruction_set, const ck_product *product, int rows, int64_t start, int64_t step, float *result, int64_t result_step,
    int64_t block_step);

// Results in a panel that begins at a result.
static inline int64_t ck_panel_width(int64_t results, int64_t first) {
    return results - first > CK_LANES ? CK_BLOCKED_PANEL : CK_LANES;
}

#endif
