#include "include/ck_functions.h"
#include "include/ck_convolution.h"
#include <math.h>
#include <string.h>

#pragma clang fp contract(off)
// Functions on vectors that a set has no registers for are always inlined, so that no convention of calls matters.
#pragma clang diagnostic ignored "-Wpsabi"

enum { LANES_AT_ONCE = 32 };

#define LANES "function_lanes.h"
#include "each_set.h"

void ck_function(int function, float factor, const float *input, float *output, int64_t count, int set) {
    CALL(set, function, function, factor, input, output, count);
}

void ck_softmax_row(const float *input, float *output, int64_t count, int set) {
    if (count == 0) return;
    CALL(set, softmax_row, input, output, count);
}

void ck_normalize_row(
    const float *input, double epsilon, const float *scale, const float *shift, float *output, int64_t count, int set) {
    if (count == 0) return;
    CALL(set, normalize_row, input, epsilon, scale, shift, output, count);
}
