#include "blocked_product_call.h"
#include <string.h>

static int64_t blocks_of(int64_t depth) { return (depth + CK_LANES - 1) / CK_LANES; }

int64_t ck_panel_product_scratch_bytes(int64_t rows, int64_t depth) {
    return blocks_of(depth) * (rows * CK_LANES * (int64_t)sizeof(float) + (int64_t)sizeof(ck_tap));
}

void ck_panel_product(
    const float *left, int64_t rows, int64_t depth, const float *packed, int64_t columns, int set, float *result, void *scratch) {
    // The rows as places of channel blocks: their numbers lie at distances that the product knows, and share no lines of the cache.
    float *places = scratch;
    ck_tap *taps = (ck_tap *)(places + blocks_of(depth) * rows * CK_LANES);
    for (int64_t block = 0; block < blocks_of(depth); block++) {
        int64_t first = block * CK_LANES, taken = depth - first < CK_LANES ? depth - first : CK_LANES;
        float *target = places + first * rows;
        for (int64_t row = 0; row < rows; row++)
            memcpy(target + row * CK_LANES, left + row * depth + first, sizeof(float) * (size_t)taken);
        taps[block] = (ck_tap){target, 0, first, taken};
    }
    for (int64_t panel = 0; panel < columns; panel += CK_BLOCKED_PANEL) {
        ck_product product = {
            .taps = taps, .count = blocks_of(depth), .weights = packed + panel * depth, .width = ck_panel_width(columns, panel),
            .activation = CK_LINEAR};
        ck_product_rows(set, &product, (int)rows, 0, CK_LANES, result + panel, columns, CK_LANES);
    }
}
