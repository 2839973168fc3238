#include "include/ck_panel_product.h"
#include "panel_rows.h"
#include <string.h>

// The scratch memory: places of channel blocks, taps, and where the rows begin that are added.
static ck_tap *taps_behind(float *places) { return (ck_tap *)(places + CK_PANEL_ROWS * CK_BLOCKS_AT_ONCE * CK_LANES); }
static const float **starts_behind(ck_tap *taps) { return (const float **)(taps + CK_BLOCKS_AT_ONCE); }

int64_t ck_panel_product_scratch_bytes(int64_t columns) {
    return CK_BLOCKS_AT_ONCE * (CK_PANEL_ROWS * CK_LANES * (int64_t)sizeof(float) + (int64_t)sizeof(ck_tap))
        + (columns + CK_LANES - 1) / CK_LANES * (int64_t)sizeof(float *);
}

// Numbers [first, last) of some rows as places of channel blocks: they lie at distances that the product knows, and share no lines.
static int64_t pack_rows(
    const float *left, int64_t left_step, int64_t rows, int64_t first, int64_t last, float *places, ck_tap *taps) {
    int64_t blocks = (last - first + CK_LANES - 1) / CK_LANES, whole = (last - first) / CK_LANES;
    for (int64_t block = 0; block < blocks; block++) {
        int64_t channel = block * CK_LANES, left_over = last - first - channel;
        taps[block] = (ck_tap){places + channel * rows, 0, channel, left_over < CK_LANES ? left_over : CK_LANES};
    }
    for (int64_t row = 0; row < rows; row++) {
        const float *source = left + row * left_step + first;
        float *target = places + row * CK_LANES;
        for (int64_t block = 0; block < whole; block++)
            memcpy(target + block * rows * CK_LANES, source + block * CK_LANES, sizeof(float) * CK_LANES);
        if (whole < blocks)
            memcpy(target + whole * rows * CK_LANES, source + whole * CK_LANES, sizeof(float) * (size_t)taps[whole].channels);
    }
    return blocks;
}

void ck_panel_product(const ck_panel_factors *f, int64_t first, int64_t last, int set, void *scratch) {
    float *places = scratch;
    ck_tap *taps = taps_behind(places);
    const float **added = starts_behind(taps);
    for (int64_t block = 0; f->added && block * CK_LANES < f->columns; block++) added[block] = f->added + block * CK_LANES;
    ck_blocked_output output = {
        .weights = f->packed, .bias = f->bias, .results = f->columns, .residual = f->added ? added : NULL, .activation = f->activation,
        .slope = f->slope, .output = f->result, .block_step = CK_LANES};
    int64_t pieces = ck_place_pieces(last - first), at_once = CK_BLOCKS_AT_ONCE * CK_LANES;
    for (int64_t piece = 0; piece < pieces; piece++) {
        int64_t row = first + (last - first) * piece / pieces, end = first + (last - first) * (piece + 1) / pieces;
        for (int64_t k = 0; k < f->depth; k += at_once) {
            ck_channels channels = {
                .taps = taps, .first = k, .last = k + at_once < f->depth ? k + at_once : f->depth, .step = CK_LANES,
                .places = (int)(end - row), .place = row};
            channels.count = pack_rows(f->left + row * f->left_step, f->left_step, end - row, k, channels.last, places, taps);
            ck_panel_rows(set, &channels, f->depth, &output, f->result_step);
        }
    }
}
