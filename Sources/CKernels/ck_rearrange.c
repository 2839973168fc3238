#include "ck_rearrange.h"
#include "clones.h"
#include <string.h>

#define ROW(type) \
    { \
        const type *s = source; \
        type *t = target; \
        for (int64_t i = 0; i < count; i++) t[i * target_step] = s[i * source_step]; \
    } \
    break

static void copy_row(int bytes, int64_t count, const void *source, int64_t source_step, void *target, int64_t target_step) {
    if (source_step == 1 && target_step == 1) {
        memcpy(target, source, (size_t)(count * bytes));
        return;
    }
    switch (bytes) {
    case 1: ROW(uint8_t);
    case 2: ROW(uint16_t);
    case 4: ROW(uint32_t);
    case 8: ROW(uint64_t);
    }
}

void ck_copy_block(
    int bytes, int rank, const int64_t *extents, const void *source, const int64_t *source_strides, void *target,
    const int64_t *target_strides) {
    int64_t index[16] = {0};
    for (int axis = 0; axis < rank; axis++)
        if (extents[axis] == 0) return;
    const uint8_t *from = source;
    uint8_t *to = target;
    int64_t last = rank > 0 ? extents[rank - 1] : 1, from_step = rank > 0 ? source_strides[rank - 1] : 1;
    int64_t to_step = rank > 0 ? target_strides[rank - 1] : 1;
    for (;;) {
        copy_row(bytes, last, from, from_step, to, to_step);
        int axis = rank - 2;
        for (; axis >= 0; axis--) {
            from += source_strides[axis] * bytes;
            to += target_strides[axis] * bytes;
            if (++index[axis] < extents[axis]) break;
            from -= source_strides[axis] * extents[axis] * bytes;
            to -= target_strides[axis] * extents[axis] * bytes;
            index[axis] = 0;
        }
        if (axis < 0) return;
    }
}

// The multiplications and the addition are not fused, so that every processor gives the same bits.
CLONES void ck_resize_linear(
    int64_t outer, int64_t source_extent, int64_t extent, int64_t inner, const int32_t *low, const int32_t *high, const float *weight,
    const float *source, float *target) {
#pragma clang fp contract(off)
    if (inner == 1) {
        for (int64_t o = 0; o < outer; o++, source += source_extent, target += extent)
            for (int64_t j = 0; j < extent; j++) {
                float w = weight[j], v = 1 - w;
                target[j] = v * source[low[j]] + w * source[high[j]];
            }
        return;
    }
    for (int64_t o = 0; o < outer; o++, source += source_extent * inner)
        for (int64_t j = 0; j < extent; j++, target += inner) {
            const float *a = source + low[j] * inner, *b = source + high[j] * inner;
            float w = weight[j], v = 1 - w;
            for (int64_t i = 0; i < inner; i++) target[i] = v * a[i] + w * b[i];
        }
}

CLONES void ck_resize_nearest(
    int64_t outer, int64_t source_extent, int64_t extent, int64_t inner, const int32_t *low, const float *source, float *target) {
    for (int64_t o = 0; o < outer; o++, source += source_extent * inner)
        for (int64_t j = 0; j < extent; j++, target += inner) {
            const float *a = source + low[j] * inner;
            for (int64_t i = 0; i < inner; i++) target[i] = a[i];
        }
}
