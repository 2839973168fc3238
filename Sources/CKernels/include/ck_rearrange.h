#ifndef CK_REARRANGE_H
#define CK_REARRANGE_H
#include <stdint.h>

/// Copies an n-dimensional block of elements of 1, 2, 4 or 8 bytes. Strides are in elements and may be 0 or negative on the
/// side of the source. `rank` is at most 16.
void ck_copy_block(
    int element_bytes, int rank, const int64_t *extents, const void *source, const int64_t *source_strides, void *target,
    const int64_t *target_strides);

/// Resizes one axis linearly: result j is (1 - weight[j]) * source[low[j]] + weight[j] * source[high[j]], for `inner` neighbouring
/// values each and `outer` repetitions. Source: (outer, source_extent, inner); target: (outer, extent, inner).
void ck_resize_linear(
    int64_t outer, int64_t source_extent, int64_t extent, int64_t inner, const int32_t *low, const int32_t *high, const float *weight,
    const float *source, float *target);

/// Resizes one axis by taking source[low[j]].
void ck_resize_nearest(
    int64_t outer, int64_t source_extent, int64_t extent, int64_t inner, const int32_t *low, const float *source, float *target);

#endif
