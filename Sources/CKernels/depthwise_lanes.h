// Depthwise products on sixteen channels at once, for one instruction set. Included with TARGET (function attributes), NAME(x),
// FMA(a, b, c).

#include "sixteen_lanes.h"

// `count` neighbouring results of a depthwise convolution, the first at `x` of the row whose window begins at (z0, y0).
TARGET static inline __attribute__((always_inline)) void NAME(depthwise_run)(
    const int count, const ck_window *w, const float *input, const float *weights, const float *bias, int64_t z0, int64_t y0, int64_t x,
    int activation, float slope, float *output) {
    NAME(sixteen) sum[8];
    _Pragma("clang loop unroll(full)") for (int j = 0; j < count; j++) sum[j] = *(const NAME(sixteen) *)bias;
    int64_t x0 = x * w->stride[2] - w->pad[2], step = w->stride[2] * CK_LANES;
    for (int64_t kz = 0; kz < w->kernel[0]; kz++)
        for (int64_t ky = 0; ky < w->kernel[1]; ky++) {
            int64_t z = z0 + kz * w->dilation[0], y = y0 + ky * w->dilation[1];
            if (z < 0 || z >= w->input[0] || y < 0 || y >= w->input[1]) continue;
            const float *source = input + (z * w->input[1] + y) * w->input[2] * CK_LANES;
            const float *tap = weights + (kz * w->kernel[1] + ky) * w->kernel[2] * CK_LANES;
            for (int64_t kx = 0; kx < w->kernel[2]; kx++, tap += CK_LANES) {
                int64_t place = x0 + kx * w->dilation[2];
                // Several results at once are asked for only where every tap lies inside the row.
                if (count == 1 && (place < 0 || place >= w->input[2])) continue;
                NAME(sixteen) weight = *(const NAME(sixteen) *)tap;
                const float *value = source + place * CK_LANES;
                _Pragma("clang loop unroll(full)") for (int j = 0; j < count; j++)
                    sum[j] = FMA(*(const NAME(sixteen) *)(value + j * step), weight, sum[j]);
            }
        }
    _Pragma("clang loop unroll(full)") for (int j = 0; j < count; j++) {
        NAME(activate)(&sum[j], activation, slope);
        *(NAME(sixteen) *)(output + j * CK_LANES) = sum[j];
    }
}

// Rows of a depthwise convolution.
TARGET static void NAME(depthwise)(
    const ck_window *w, const float *input, const float *weights, const float *bias, int64_t first_row, int64_t last_row, int activation,
    float slope, float *output) {
    int64_t span = (w->kernel[2] - 1) * w->dilation[2], low = (w->pad[2] + w->stride[2] - 1) / w->stride[2];
    int64_t room = w->input[2] - 1 - span + w->pad[2], high = room < 0 ? 0 : room / w->stride[2] + 1;
    for (int64_t row = first_row; row < last_row; row++) {
        int64_t z0 = row / w->output[1] * w->stride[0] - w->pad[0], y0 = row % w->output[1] * w->stride[1] - w->pad[1];
        float *target = output + row * w->output[2] * CK_LANES;
        for (int64_t x = 0; x < w->output[2];) {
            if (x >= low && x + 8 <= high && x + 8 <= w->output[2]) {
                NAME(depthwise_run)(8, w, input, weights, bias, z0, y0, x, activation, slope, target + x * CK_LANES);
                x += 8;
            } else {
                NAME(depthwise_run)(1, w, input, weights, bias, z0, y0, x, activation, slope, target + x * CK_LANES);
                x++;
            }
        }
    }
}

#undef TARGET
#undef NAME
#undef FMA
