#include "include/ck_blocked.h"

#pragma clang fp contract(off)

#define LANES "row_lanes.h"
#include "each_set.h"

void ck_row_product(
    const float *row, int64_t depth, const float *matrix, int64_t step, int64_t columns, int set, float *result) {
    CALL(set, row_product, row, depth, matrix, step, columns, result);
}
