#ifndef CK_WINOGRAD_H
#define CK_WINOGRAD_H
#include "ck_blocked.h"

/// Convolutions with kernels (z, 3, 3), stride 1 in the plane, by Winograd's minimal filtering F(4x4, 3x3): four by four results
/// from six by six places with 36 products for each channel instead of 144. Directly along z.
///
/// Interpolation points 0, 2/3, -2/3, 4/3, -4/3 and infinity: a quarter of the rounding error of the usual 0, 1, -1, 2, -2.
/// Source: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016.

/// Results along y and x of one tile. Tiles begin at multiples of it, counted from the first result: a result's last bits
/// depend on its place in the tile.
enum { CK_WINOGRAD_TILE = 4 };

/// Packs panels [first_panel, last_panel) of weights (result, channel, z, 3, 3), transformed in double precision.
void ck_winograd_weights(
    const float *source, int64_t results, int64_t channels, int64_t depth, int64_t first_panel, int64_t last_panel, float *packed);

/// Bytes of scratch memory for a number of tiles at once.
int64_t ck_winograd_scratch_bytes(int64_t channels, int64_t results, int64_t depth, int64_t tiles);

/// Tiles [first_tile, last_tile) of the output plane (row by row), output slices [first_z, last_z). The window's stride and
/// dilation are 1. Each product sum is one chain of fused multiply-adds over (block, z, channel).
void ck_winograd(
    const ck_window *window, const ck_blocked_input *input, const ck_blocked_output *output, int64_t first_tile, int64_t last_tile,
    int64_t first_z, int64_t last_z, int instruction_set, void *scratch);

#endif
