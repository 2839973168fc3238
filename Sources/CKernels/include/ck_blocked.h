#ifndef CK_BLOCKED_H
#define CK_BLOCKED_H
#include "ck_convolution.h"
#include <stddef.h>
#include <stdint.h>

/// Images in channel blocks: sixteen channels lie side by side at each place, so that a vector holds the channels of one place.
/// A block is (z, y, x, 16); channels that fill up the last block hold anything and are never read as input.

/// Channels in a block; results in a panel of packed weights (the last panel has 16 where that is enough).
enum { CK_LANES = 16, CK_BLOCKED_PANEL = 32 };
/// Rows or places that are multiplied at once; cut at multiples of it, all pieces are of about the same size.
enum { CK_PANEL_ROWS = 112 };

/// The input of one image and group.
typedef struct {
    /// The first place of each block.
    const float *const *blocks;
    /// Channels, ceil(channels / lanes) blocks of them.
    int64_t channels;
    /// CK_LANES, or 1 for a plain image: every channel is a block of its own.
    int lanes;
} ck_blocked_input;

/// What is computed from it.
typedef struct {
    /// As the kernel reads them: packed by `ck_pack_blocked_weights`, or transformed by `ck_winograd_weights`.
    const float *weights;
    /// One value for each result channel, filled up to whole blocks.
    const float *bias;
    /// Result channels.
    int64_t results;
    /// What is added to the results before the activation: the first place of each of their blocks. NULL for nothing.
    const float *const *residual;
    /// CK_SMOOTH and more only where a kernel says so.
    int activation;
    float slope;
    /// The first place of the first of ceil(results / 16) blocks, and the floats from each block to the next.
    float *output;
    int64_t block_step;
} ck_blocked_output;

/// Floats that packed weights take, for a number of taps at each channel; Winograd's take (edge + 2)² times those of the taps along z.
int64_t ck_blocked_weight_floats(int64_t results, int64_t channels, int64_t taps);

/// Packs weights (result, channel, tap; distances in floats) for `ck_blocked_convolution`:
/// [panel][block of `lanes` channels][tap][channel][result in the panel], results that are not there 0.
void ck_pack_blocked_weights(
    const float *source, int64_t results, int64_t channels, int64_t taps, int64_t result_step, int64_t channel_step, int64_t tap_step,
    int lanes, float *packed);

/// Weights (result, channel, tap) of what was packed with CK_LANES lanes.
void ck_unpack_blocked_weights(const float *packed, int64_t results, int64_t channels, int64_t taps, float *target);

/// Bytes of scratch memory for `ck_blocked_convolution` and `ck_blocked_transposed`.
int64_t ck_blocked_scratch_bytes(int64_t channels, int64_t taps, int lanes);

/// Rows [first_row, last_row) of the flattened (z, y) output rows of a convolution. Each result is the bias and then one fused
/// multiply-add for each (block, tap, channel) in this order, whatever the range, so the result does not depend on it.
/// Takes CK_SMOOTH.
void ck_blocked_convolution(
    const ck_window *window, const ck_blocked_input *input, const ck_blocked_output *output, int64_t first_row, int64_t last_row,
    int instruction_set, void *scratch);

/// Places [first, last) of a convolution of extent 1 without strides and padding; the same sums, cut so that weights are read once for
/// CK_PANEL_ROWS places. `gate`: what each channel is multiplied with before, filled up to whole blocks; NULL for nothing.
/// Takes CK_SMOOTH. `scratch`: `ck_pointwise_scratch_bytes`, aligned to 64 bytes.
void ck_blocked_pointwise(
    const ck_blocked_input *input, const float *gate, const ck_blocked_output *output, int64_t first, int64_t last,
    int instruction_set, void *scratch);
int64_t ck_pointwise_scratch_bytes(void);

/// The same for a transposed convolution. `window` is that of the convolution whose gradient this is: `window->input` is the extent
/// of this operator's output.
void ck_blocked_transposed(
    const ck_window *window, const ck_blocked_input *input, const ck_blocked_output *output, int64_t first_row, int64_t last_row,
    int instruction_set, void *scratch);

/// One block of a convolution in groups of 1, 2, 4 or 8 channels with as many results, output rows [first_row, last_row).
/// Weights: (tap, channel of the group, 16), bias: 16 values. Takes CK_SMOOTH.
void ck_blocked_grouped(
    const ck_window *window, int group, const float *input, const float *weights, const float *bias, int64_t first_row, int64_t last_row,
    int activation, float slope, int instruction_set, float *output);

#endif
