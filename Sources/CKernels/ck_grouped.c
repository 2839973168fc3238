#include "include/ck_functions.h"
#include "panel_rows.h"

#pragma clang fp contract(off)
// Functions on vectors that a set has no registers for are always inlined, so that no convention of calls matters.
#pragma clang diagnostic ignored "-Wpsabi"

#define LANES "grouped_lanes.h"
#include "each_set.h"

void ck_blocked_grouped(
    const ck_window *window, int group, const float *input, const float *weights, const float *bias, int64_t first_row, int64_t last_row,
    int activation, float slope, int set, float *output) {
    // A function is computed row by row, as long as the row is near the processor.
    int64_t at_once = ck_is_smooth(activation) ? 1 : last_row - first_row;
    int simple = ck_is_smooth(activation) ? CK_LINEAR : activation;
    for (int64_t row = first_row; row < last_row; row += at_once) {
        CALL(set, grouped, window, group, input, weights, bias, row, row + at_once, simple, slope, output);
        int64_t width = window->output[2];
        ck_apply_smooth(activation, slope, output + row * width * CK_LANES, width, CK_LANES, CK_LANES, 0, set);
    }
}
