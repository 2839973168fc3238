#include "include/ck_blocked.h"

#pragma clang fp contract(off)

#define LANES "depthwise_lanes.h"
#include "each_set.h"

void ck_blocked_depthwise(
    const ck_window *window, const float *input, const float *weights, const float *bias, int64_t first_row, int64_t last_row,
    int activation, float slope, int set, float *output) {
    CALL(set, depthwise, window, input, weights, bias, first_row, last_row, activation, slope, output);
}
