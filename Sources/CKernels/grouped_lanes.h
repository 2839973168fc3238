// Convolutions of sixteen channels in small groups at once, for one instruction set. Included with TARGET (function attributes),
// NAME(x), FMA(a, b, c).

#include "sixteen_lanes.h"

// Channel `j` of each group, in all lanes of the group.
#define LANE(l, group, j) ((l) / (group) * (group) + (j))
#define SPREAD(group, j) \
    case (group) * 8 + (j): \
        return __builtin_shufflevector( \
            x, x, LANE(0, group, j), LANE(1, group, j), LANE(2, group, j), LANE(3, group, j), LANE(4, group, j), LANE(5, group, j), \
            LANE(6, group, j), LANE(7, group, j), LANE(8, group, j), LANE(9, group, j), LANE(10, group, j), LANE(11, group, j), \
            LANE(12, group, j), LANE(13, group, j), LANE(14, group, j), LANE(15, group, j))
TARGET static inline __attribute__((always_inline)) NAME(sixteen) NAME(spread)(NAME(sixteen) x, const int group, const int j) {
    switch (group * 8 + j) {
        SPREAD(2, 0);
        SPREAD(2, 1);
        SPREAD(4, 0);
        SPREAD(4, 1);
        SPREAD(4, 2);
        SPREAD(4, 3);
        SPREAD(8, 0);
        SPREAD(8, 1);
        SPREAD(8, 2);
        SPREAD(8, 3);
        SPREAD(8, 4);
        SPREAD(8, 5);
        SPREAD(8, 6);
        SPREAD(8, 7);
    }
    return x;
}

// `count` neighbouring results, the first at `x` of the row whose window begins at (z0, y0).
TARGET static inline __attribute__((always_inline)) void NAME(grouped_run)(
    const int count, const int group, const ck_window *w, const float *input, const float *weights, const float *bias, int64_t z0, int64_t y0, int64_t x,
    int activation, float slope, float *output) {
    NAME(sixteen) sum[8];
    _Pragma("clang loop unroll(full)") for (int j = 0; j < count; j++) sum[j] = *(const NAME(sixteen) *)bias;
    int64_t x0 = x * w->stride[2] - w->pad[2], step = w->stride[2] * CK_LANES;
    for (int64_t kz = 0; kz < w->kernel[0]; kz++)
        for (int64_t ky = 0; ky < w->kernel[1]; ky++) {
            int64_t z = z0 + kz * w->dilation[0], y = y0 + ky * w->dilation[1];
            if (z < 0 || z >= w->input[0] || y < 0 || y >= w->input[1]) continue;
            const float *source = input + (z * w->input[1] + y) * w->input[2] * CK_LANES;
            const float *tap = weights + (kz * w->kernel[1] + ky) * w->kernel[2] * group * CK_LANES;
            for (int64_t kx = 0; kx < w->kernel[2]; kx++, tap += group * CK_LANES) {
                int64_t place = x0 + kx * w->dilation[2];
                // Several results at once are asked for only where every tap lies inside the row.
                if (count == 1 && (place < 0 || place >= w->input[2])) continue;
                const float *value = source + place * CK_LANES;
                _Pragma("clang loop unroll(full)") for (int i = 0; i < count; i++) {
                    NAME(sixteen) x = *(const NAME(sixteen) *)(value + i * step);
                    _Pragma("clang loop unroll(full)") for (int j = 0; j < group; j++)
                        sum[i] = FMA(NAME(spread)(x, group, j), *(const NAME(sixteen) *)(tap + j * CK_LANES), sum[i]);
                }
            }
        }
    _Pragma("clang loop unroll(full)") for (int j = 0; j < count; j++) {
        NAME(activate)(&sum[j], activation, slope);
        *(NAME(sixteen) *)(output + j * CK_LANES) = sum[j];
    }
}

TARGET static inline __attribute__((always_inline)) void NAME(grouped_rows)(
    const int group, const ck_window *w, const float *input, const float *weights, const float *bias, int64_t first_row, int64_t last_row,
    int activation, float slope, float *output) {
    int64_t span = (w->kernel[2] - 1) * w->dilation[2], low = (w->pad[2] + w->stride[2] - 1) / w->stride[2];
    int64_t room = w->input[2] - 1 - span + w->pad[2], high = room < 0 ? 0 : room / w->stride[2] + 1;
    for (int64_t row = first_row; row < last_row; row++) {
        int64_t z0 = row / w->output[1] * w->stride[0] - w->pad[0], y0 = row % w->output[1] * w->stride[1] - w->pad[1];
        float *target = output + row * w->output[2] * CK_LANES;
        for (int64_t x = 0; x < w->output[2];) {
            if (x >= low && x + 8 <= high && x + 8 <= w->output[2]) {
                NAME(grouped_run)(8, group, w, input, weights, bias, z0, y0, x, activation, slope, target + x * CK_LANES);
                x += 8;
            } else {
                NAME(grouped_run)(1, group, w, input, weights, bias, z0, y0, x, activation, slope, target + x * CK_LANES);
                x++;
            }
        }
    }
}

#define CASE(n) \
    case n: NAME(grouped_rows)(n, w, input, weights, bias, first_row, last_row, activation, slope, output); break;

TARGET static void NAME(grouped)(
    const ck_window *w, int group, const float *input, const float *weights, const float *bias, int64_t first_row, int64_t last_row,
    int activation, float slope, float *output) {
    switch (group) {
        CASE(1)
        CASE(2)
        CASE(4)
        CASE(8)
    }
}

#undef CASE
#undef SPREAD
#undef LANE
#undef TARGET
#undef NAME
#undef FMA
