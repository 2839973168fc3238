// Transforms of Winograd's F(2x2, 3x3) on sixteen channels at once, for one instruction set. Included by winograd_lanes.h.
// The points are 0, 1, -1 and infinity.

TARGET static inline __attribute__((always_inline)) void NAME(line_of_kernel_2x2)(const NAME(sixteen) g[3], NAME(sixteen) t[4]) {
    NAME(sixteen) even = (g[0] + g[2]) * 0.5f, odd = g[1] * 0.5f;
    t[0] = g[0];
    t[1] = even + odd;
    t[2] = even - odd;
    t[3] = g[2];
}

// `count` kernels of one channel, sixteen at a time: nine weights `step` floats apart into 16 values `target_step` floats apart.
TARGET static void NAME(transform_kernels_2x2)(
    const float *source, int64_t step, int64_t count, float *target, int64_t target_step) {
    for (int64_t r = 0; r < count; r += CK_LANES) {
        NAME(sixteen) g[3], t[4], half[4][3];
        for (int x = 0; x < 3; x++) {
            for (int y = 0; y < 3; y++) g[y] = *(const NAME(sixteen) *)(source + (y * 3 + x) * step + r);
            NAME(line_of_kernel_2x2)(g, t);
            for (int y = 0; y < 4; y++) half[y][x] = t[y];
        }
        for (int y = 0; y < 4; y++) {
            NAME(line_of_kernel_2x2)(half[y], t);
            for (int x = 0; x < 4; x++) *(NAME(sixteen) *)(target + (y * 4 + x) * target_step + r) = t[x];
        }
    }
}

TARGET static inline __attribute__((always_inline)) void NAME(line_in_2x2)(const NAME(sixteen) d[4], NAME(sixteen) t[4]) {
    t[0] = d[0] - d[2];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[3] - d[1];
}

// Four by four places into 16 values, `step` floats apart.
TARGET static void NAME(transform_in_2x2)(const float *source, int64_t row, float *target, int64_t step) {
    NAME(sixteen) half[4][4], d[4], t[4];
    _Pragma("clang loop unroll(full)") for (int x = 0; x < 4; x++) {
        for (int y = 0; y < 4; y++) d[y] = *(const NAME(sixteen) *)(source + y * row + x * CK_LANES);
        NAME(line_in_2x2)(d, t);
        for (int y = 0; y < 4; y++) half[y][x] = t[y];
    }
    _Pragma("clang loop unroll(full)") for (int y = 0; y < 4; y++) {
        NAME(line_in_2x2)(half[y], t);
        for (int x = 0; x < 4; x++) *(NAME(sixteen) *)(target + (y * 4 + x) * step) = t[x];
    }
}

TARGET static inline __attribute__((always_inline)) void NAME(line_out_2x2)(const NAME(sixteen) m[4], NAME(sixteen) y[2]) {
    y[0] = (m[0] + m[1]) + m[2];
    y[1] = (m[1] - m[2]) + m[3];
}

// 16 values, `step` floats apart, into two by two results. `residual`, or NULL, lies like `target`.
TARGET static void NAME(transform_out_2x2)(
    const float *source, int64_t step, const float *bias, const float *residual, int activation, float slope, float *target, int64_t row) {
    NAME(sixteen) half[2][4], m[4], y[2], offset = *(const NAME(sixteen) *)bias;
    _Pragma("clang loop unroll(full)") for (int x = 0; x < 4; x++) {
        for (int i = 0; i < 4; i++) m[i] = *(const NAME(sixteen) *)(source + (i * 4 + x) * step);
        NAME(line_out_2x2)(m, y);
        for (int i = 0; i < 2; i++) half[i][x] = y[i];
    }
    for (int i = 0; i < 2; i++) {
        NAME(line_out_2x2)(half[i], y);
        for (int x = 0; x < 2; x++) {
            int64_t place = i * row + x * CK_LANES;
            NAME(sixteen) value = y[x] + offset;
            if (residual) value = value + *(const NAME(sixteen) *)(residual + place);
            NAME(activate)(&value, activation, slope);
            *(NAME(sixteen) *)(target + place) = value;
        }
    }
}
