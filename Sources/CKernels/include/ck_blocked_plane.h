#ifndef CK_BLOCKED_PLANE_H
#define CK_BLOCKED_PLANE_H
#include "ck_convolution.h"
#include <stdint.h>

/// Puts `channels` (at most 16) planes of `places` floats side by side; channels that are not there become 0.
void ck_pack_block(const float *planes, int64_t channels, int64_t places, float *block);

/// Takes `channels` planes out of a block, which begin `plane_step` floats apart.
void ck_unpack_block(const float *block, int64_t channels, int64_t places, float *planes, int64_t plane_step);

/// Writes places [first, last) of an image, given by the first place of each block, with the channels last: `channels` floats for each
/// place.
void ck_unpack_channels_last(const float *const *blocks, int64_t channels, int64_t first, int64_t last, float *target);

/// Reads such places; channels that fill up the last block become 0.
void ck_pack_channels_last(const float *source, int64_t channels, int64_t first, int64_t last, float *const *blocks);

/// Copies `count` channels of each place from one block to another.
void ck_copy_lanes(const float *source, int64_t source_lane, float *target, int64_t target_lane, int64_t count, int64_t places);

/// Pools one block as `ck_max_pool` does; NaN wins.
void ck_blocked_max_pool(const ck_window *window, const float *input, float *output);

/// Pools one block as `ck_average_pool` does.
void ck_blocked_average_pool(const ck_window *window, const int64_t pad_end[3], int include_pad, const float *input, float *output);

/// Sums of each channel of a block over its places, and of the squared distances from a value for each channel. The same bits on
/// every processor.
void ck_blocked_sums(const float *block, int64_t places, double sums[16]);
void ck_blocked_squares(const float *block, int64_t places, const double means[16], double sums[16]);

/// output = (input - centre) * scale + shift with values for each channel, the product and the sum fused where the processor can.
/// `output` may be `input`.
void ck_blocked_affine(
    const float centre[16], const float scale[16], const float shift[16], const float *input, float *output, int64_t places);

/// output = input * scale with a value for each channel. `output` may be `input`.
void ck_blocked_scale(const float scale[16], const float *input, float *output, int64_t places);

#endif
