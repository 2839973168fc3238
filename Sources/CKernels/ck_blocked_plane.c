#include "include/ck_blocked_plane.h"
#include "clones.h"
#include "include/ck_blocked.h"
#include <math.h>
#include <string.h>

typedef float sixteen __attribute__((vector_size(64), aligned(4)));
typedef int32_t signs __attribute__((vector_size(64), aligned(4)));

// Places whose channels are moved together, so that the lines of both sides stay in the cache.
enum { PIECE = 64 };

CLONES void ck_pack_block(const float *planes, int64_t channels, int64_t places, float *block) {
    for (int64_t from = 0; from < places; from += PIECE) {
        int64_t to = from + PIECE < places ? from + PIECE : places;
        if (channels < CK_LANES) memset(block + from * CK_LANES, 0, sizeof(float) * CK_LANES * (size_t)(to - from));
        for (int64_t c = 0; c < channels; c++)
            for (int64_t i = from; i < to; i++) block[i * CK_LANES + c] = planes[c * places + i];
    }
}

CLONES void ck_unpack_block(const float *block, int64_t channels, int64_t places, float *planes, int64_t plane_step) {
    for (int64_t from = 0; from < places; from += PIECE) {
        int64_t to = from + PIECE < places ? from + PIECE : places;
        for (int64_t c = 0; c < channels; c++)
            for (int64_t i = from; i < to; i++) planes[c * plane_step + i] = block[i * CK_LANES + c];
    }
}

void ck_unpack_channels_last(const float *const *blocks, int64_t channels, int64_t first, int64_t last, float *target) {
    int64_t whole = channels / CK_LANES, rest = channels % CK_LANES;
    target += first * channels;
    for (int64_t i = first * CK_LANES; i < last * CK_LANES; i += CK_LANES, target += channels) {
        for (int64_t b = 0; b < whole; b++) memcpy(target + b * CK_LANES, blocks[b] + i, sizeof(float) * CK_LANES);
        if (rest) memcpy(target + whole * CK_LANES, blocks[whole] + i, sizeof(float) * (size_t)rest);
    }
}

void ck_pack_channels_last(const float *source, int64_t channels, int64_t first, int64_t last, float *const *blocks) {
    int64_t whole = channels / CK_LANES, rest = channels % CK_LANES;
    source += first * channels;
    for (int64_t i = first * CK_LANES; i < last * CK_LANES; i += CK_LANES, source += channels) {
        for (int64_t b = 0; b < whole; b++) memcpy(blocks[b] + i, source + b * CK_LANES, sizeof(float) * CK_LANES);
        if (!rest) continue;
        memset(blocks[whole] + i, 0, sizeof(float) * CK_LANES);
        memcpy(blocks[whole] + i, source + whole * CK_LANES, sizeof(float) * (size_t)rest);
    }
}

void ck_copy_lanes(const float *source, int64_t source_lane, float *target, int64_t target_lane, int64_t count, int64_t places) {
    for (int64_t i = 0; i < places; i++)
        for (int64_t c = 0; c < count; c++) target[i * CK_LANES + target_lane + c] = source[i * CK_LANES + source_lane + c];
}

// Window positions [begin, end) along an axis that lie inside the input.
static inline void inside(const ck_window *w, int axis, int64_t o, int64_t *begin, int64_t *end) {
    int64_t start = o * w->stride[axis] - w->pad[axis], d = w->dilation[axis], extent = w->input[axis];
    *begin = start >= 0 ? 0 : (-start + d - 1) / d;
    *end = extent <= start ? 0 : (extent - start + d - 1) / d;
    if (*end > w->kernel[axis]) *end = w->kernel[axis];
    if (*end < *begin) *end = *begin;
}

static inline int64_t padded_places(const ck_window *w, const int64_t pad_end[3], int axis, int64_t o) {
    int64_t start = o * w->stride[axis], extent = w->input[axis] + w->pad[axis] + pad_end[axis];
    int64_t places = extent <= start ? 0 : (extent - start + w->dilation[axis] - 1) / w->dilation[axis];
    return places < w->kernel[axis] ? places : w->kernel[axis];
}

static inline __attribute__((always_inline)) const float *place_of(const ck_window *w, int64_t z, int64_t y, int64_t x, const float *input) {
    return input + ((z * w->input[1] + y) * w->input[2] + x) * CK_LANES;
}

CLONES void ck_blocked_max_pool(const ck_window *w, const float *input, float *output) {
    int64_t begin[3], end[3];
    for (int64_t z = 0; z < w->output[0]; z++)
        for (int64_t y = 0; y < w->output[1]; y++)
            for (int64_t x = 0; x < w->output[2]; x++, output += CK_LANES) {
                inside(w, 0, z, &begin[0], &end[0]);
                inside(w, 1, y, &begin[1], &end[1]);
                inside(w, 2, x, &begin[2], &end[2]);
                sixteen best = (sixteen){} - INFINITY;
                for (int64_t kz = begin[0]; kz < end[0]; kz++)
                    for (int64_t ky = begin[1]; ky < end[1]; ky++)
                        for (int64_t kx = begin[2]; kx < end[2]; kx++) {
                            sixteen value = *(const sixteen *)place_of(
                                w, z * w->stride[0] - w->pad[0] + kz * w->dilation[0], y * w->stride[1] - w->pad[1] + ky * w->dilation[1],
                                x * w->stride[2] - w->pad[2] + kx * w->dilation[2], input);
                            signs taken = (value > best) | (value != value);
                            best = (sixteen)((taken & (signs)value) | (~taken & (signs)best));
                        }
                *(sixteen *)output = best;
            }
}

CLONES void ck_blocked_average_pool(const ck_window *w, const int64_t pad_end[3], int include_pad, const float *input, float *output) {
    int64_t begin[3], end[3];
    for (int64_t z = 0; z < w->output[0]; z++)
        for (int64_t y = 0; y < w->output[1]; y++)
            for (int64_t x = 0; x < w->output[2]; x++, output += CK_LANES) {
                inside(w, 0, z, &begin[0], &end[0]);
                inside(w, 1, y, &begin[1], &end[1]);
                inside(w, 2, x, &begin[2], &end[2]);
                sixteen sum = {};
                for (int64_t kz = begin[0]; kz < end[0]; kz++)
                    for (int64_t ky = begin[1]; ky < end[1]; ky++)
                        for (int64_t kx = begin[2]; kx < end[2]; kx++)
                            sum += *(const sixteen *)place_of(
                                w, z * w->stride[0] - w->pad[0] + kz * w->dilation[0], y * w->stride[1] - w->pad[1] + ky * w->dilation[1],
                                x * w->stride[2] - w->pad[2] + kx * w->dilation[2], input);
                int64_t places = include_pad
                    ? padded_places(w, pad_end, 0, z) * padded_places(w, pad_end, 1, y) * padded_places(w, pad_end, 2, x)
                    : (end[0] - begin[0]) * (end[1] - begin[1]) * (end[2] - begin[2]);
                *(sixteen *)output = places > 0 ? sum / (float)places : (sixteen){};
            }
}

CLONES void ck_blocked_scale(const float scale[16], const float *input, float *output, int64_t places) {
    // One vector for a place: left to itself, the compiler makes vectors of places and gathers their channels.
    sixteen factors = *(const sixteen *)scale;
    for (int64_t i = 0; i < places; i++, input += CK_LANES, output += CK_LANES)
        *(sixteen *)output = *(const sixteen *)input * factors;
}
