#ifndef CK_WINOGRAD_H
#define CK_WINOGRAD_H
#include "ck_blocked.h"

/// Convolutions with kernels (z, 3, 3), stride 1 in the plane, by Winograd's minimal filtering. Directly along z.
///
/// F(4x4, 3x3): four by four results from six by six places with 36 products for each channel instead of 144; interpolation
/// points 0, 2/3, -2/3, 4/3, -4/3 and infinity: a quarter of the rounding error of the usual 0, 1, -1, 2, -2.
/// F(2x2, 3x3): two by two results from four by four places with 16 products instead of 36; points 0, 1, -1 and infinity.
/// Source: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016.

/// The edge of a tile: its results along y and x. Tiles begin at multiples of it, counted from the first result: a result's last
/// bits depend on what its tile sees. Along an axis a tile of four reads places d0 … d5: the first result depends on d0 … d4, the
/// second and the third on d1 … d4, the last on d1 … d5; a tile of two reads d0 … d3, d0 … d2 and d1 … d3.
enum { CK_WINOGRAD_SMALL = 2, CK_WINOGRAD_LARGE = 4 };

/// Transforms one panel of weights. `packed` are all weights (z, 3, 3) as `ck_pack_blocked_weights` packs them with sixteen
/// lanes; the result is [point][column][result in the panel], points `point_step` floats apart.
void ck_winograd_weights(
    const float *packed, int64_t results, int64_t channels, int64_t depth, int edge, int64_t panel, int instruction_set,
    float *target, int64_t point_step);

/// Tiles [first_tile, last_tile) of the output plane (row by row), output slices [first_z, last_z). The window's stride and
/// dilation are 1. `output->weights` are all panels transformed: [point][panel][column][result in the panel]. Each product sum is
/// one chain of fused multiply-adds over (block, z, channel).
void ck_winograd(
    const ck_window *window, const ck_blocked_input *input, const ck_blocked_output *output, int edge, int64_t first_tile, int64_t last_tile,
    int64_t first_z, int64_t last_z, int instruction_set, void *scratch);

/// Bytes of scratch memory of `ck_winograd` for a number of tiles at once.
int64_t ck_winograd_scratch_bytes(int64_t channels, int64_t depth, int edge, int64_t tiles);

/// The same in two stages, which give the same bits, for weights so large that they are transformed in each run: a part at a time,
/// that stays in the cache. First the input of tiles [first_tile, last_tile), all slices, of some channel blocks.
void ck_winograd_input(
    const ck_window *window, const ck_blocked_input *input, int edge, int64_t first_tile, int64_t last_tile, int64_t first_block,
    int64_t last_block, int instruction_set, float *transformed);

/// Floats of the transformed input of a number of slices and tiles.
int64_t ck_winograd_input_floats(int64_t channels, int64_t slices, int edge, int64_t tiles);

/// Then one panel of results of these tiles, output slices [first_z, last_z). `output->weights` are those that
/// `ck_winograd_weights` takes.
void ck_winograd_panel(
    const ck_window *window, const ck_blocked_input *input, const ck_blocked_output *output, int edge, int64_t first_tile, int64_t last_tile,
    int64_t first_z, int64_t last_z, int64_t panel, int instruction_set, float *transformed, void *scratch);

/// Bytes of scratch memory of `ck_winograd_panel` for a number of tiles and output slices.
int64_t ck_winograd_panel_scratch_bytes(int64_t channels, int64_t depth, int edge, int64_t tiles, int64_t slices);

#endif
