#ifndef PANEL_ROWS_H
#define PANEL_ROWS_H
#include "blocked_product_call.h"

// A product so far cut that what is read again lies near the processor: the input of CK_PANEL_ROWS places and so many channel blocks in
// the second cache, with the weights of one panel for them.
enum { CK_BLOCKS_AT_ONCE = 24 };

// Some channels of the input of up to CK_PANEL_ROWS places.
typedef struct {
    const ck_tap *taps;    // their columns counted from the first of these channels
    int64_t count;
    int64_t first, last;   // which channels of all
    int64_t start, step;   // floats to the first place and from place to place
    int places;
    int64_t place;         // which place of the results is the first
} ck_channels;

// What all panels of weights give for them, added to what earlier channels gave; bias with the first channels, residual and activation
// with the last. `result_step`: floats from place to place of the results.
void ck_panel_rows(
    int instruction_set, const ck_channels *channels, int64_t depth, const ck_blocked_output *output, int64_t result_step);

// Whether an activation is computed behind the sums, from results that are stored.
static inline int ck_is_smooth(int activation) { return activation >= CK_SMOOTH; }

// Applies such an activation to `width` results each of some places; nothing for others.
void ck_apply_smooth(
    int activation, float factor, float *result, int64_t places, int64_t width, int64_t result_step, int64_t block_step, int instruction_set);

// Pieces of about the same length in which so many places are multiplied.
static inline int64_t ck_place_pieces(int64_t places) { return (places + CK_PANEL_ROWS - 1) / CK_PANEL_ROWS; }

#endif
