// Transforms of Winograd's F(4x4, 3x3) on sixteen channels at once, for one instruction set. Included by winograd_lanes.h.

// The values of a kernel, as the polynomial that its three weights are, at the six points.
TARGET static inline __attribute__((always_inline)) void NAME(line_of_kernel_4x4)(const NAME(sixteen) g[3], NAME(sixteen) t[6]) {
    const double a = 2.0 / 3, b = 4.0 / 3, aa = a * a, bb = b * b, near = 1 / (2 * aa * (aa - bb)), far = 1 / (2 * bb * (bb - aa));
    NAME(sixteen) splat = {};
    NAME(sixteen) near_even = FMA(splat + (float)(aa * near), g[2], g[0] * (float)near), near_odd = g[1] * (float)(a * near);
    NAME(sixteen) far_even = FMA(splat + (float)(bb * far), g[2], g[0] * (float)far), far_odd = g[1] * (float)(b * far);
    t[0] = g[0] * (float)(1 / (aa * bb));
    t[1] = near_even + near_odd;
    t[2] = near_even - near_odd;
    t[3] = far_even + far_odd;
    t[4] = far_even - far_odd;
    t[5] = g[2];
}

// `count` kernels of one channel, sixteen at a time: nine weights `step` floats apart into 36 values `target_step` floats apart.
TARGET static void NAME(transform_kernels_4x4)(const float *source, int64_t step, int64_t count, float *target, int64_t target_step) {
    for (int64_t r = 0; r < count; r += CK_LANES) {
        NAME(sixteen) g[3], t[6], half[6][3];
        for (int x = 0; x < 3; x++) {
            for (int y = 0; y < 3; y++) g[y] = *(const NAME(sixteen) *)(source + (y * 3 + x) * step + r);
            NAME(line_of_kernel_4x4)(g, t);
            for (int y = 0; y < 6; y++) half[y][x] = t[y];
        }
        for (int y = 0; y < 6; y++) {
            NAME(line_of_kernel_4x4)(half[y], t);
            for (int x = 0; x < 6; x++) *(NAME(sixteen) *)(target + (y * 6 + x) * target_step + r) = t[x];
        }
    }
}

// One line of six: the polynomial of the other points for each point; points 0, A and -A into t[0...2].
TARGET static inline __attribute__((always_inline)) void NAME(line_in_near_4x4)(const NAME(sixteen) d[6], NAME(sixteen) t[3]) {
    NAME(sixteen) splat = {};
    NAME(sixteen) even = FMA(splat - BB, d[2], d[4]), odd = FMA(splat - BB, d[1], d[3]) * (float)A;
    t[0] = FMA(splat - (AA + BB), d[2], FMA(splat + AA * BB, d[0], d[4]));
    t[1] = even + odd;
    t[2] = even - odd;
}

// Points B, -B and infinity.
TARGET static inline __attribute__((always_inline)) void NAME(line_in_far_4x4)(const NAME(sixteen) d[6], NAME(sixteen) t[3]) {
    NAME(sixteen) splat = {};
    NAME(sixteen) even = FMA(splat - AA, d[2], d[4]), odd = FMA(splat - AA, d[1], d[3]) * (float)B;
    t[0] = even + odd;
    t[1] = even - odd;
    t[2] = FMA(splat - (AA + BB), d[3], FMA(splat + AA * BB, d[1], d[5]));
}

// Results 0 and 2 of a line of four (`is_odd` 0), or 1 and 3.
TARGET static inline __attribute__((always_inline)) void NAME(line_out_4x4)(const int is_odd, const NAME(sixteen) m[6], NAME(sixteen) y[2]) {
    NAME(sixteen) splat = {};
    if (is_odd) {
        NAME(sixteen) near_difference = m[1] - m[2], far_difference = m[3] - m[4];
        y[0] = FMA(splat + B, far_difference, near_difference * (float)A);
        y[1] = FMA(splat + BB * B, far_difference, FMA(splat + AA * A, near_difference, m[5]));
    } else {
        NAME(sixteen) near_sum = m[1] + m[2], far_sum = m[3] + m[4];
        y[0] = (m[0] + near_sum) + far_sum;
        y[1] = FMA(splat + BB, far_sum, near_sum * (float)AA);
    }
}

// Six by six places into half of the 36 values, `step` floats apart: three of the six lines, so that what lies between the
// two passes stays in registers.
TARGET static inline __attribute__((always_inline)) void NAME(half_in_4x4)(
    const float *source, int64_t row, const int is_far, float *target, int64_t step) {
    NAME(sixteen) half[3][6], d[6], t[3];
    _Pragma("clang loop unroll(full)") for (int x = 0; x < 6; x++) {
        for (int y = is_far; y < 5 + is_far; y++) d[y] = *(const NAME(sixteen) *)(source + y * row + x * CK_LANES);
        if (is_far) NAME(line_in_far_4x4)(d, t);
        else NAME(line_in_near_4x4)(d, t);
        for (int y = 0; y < 3; y++) half[y][x] = t[y];
    }
    _Pragma("clang loop unroll(full)") for (int y = 0; y < 3; y++) {
        float *line = target + (y + 3 * is_far) * 6 * step;
        NAME(line_in_near_4x4)(half[y], t);
        for (int x = 0; x < 3; x++) *(NAME(sixteen) *)(line + x * step) = t[x];
        NAME(line_in_far_4x4)(half[y], t);
        for (int x = 0; x < 3; x++) *(NAME(sixteen) *)(line + (x + 3) * step) = t[x];
    }
}

// Six by six places into 36 values, `step` floats apart.
TARGET static void NAME(transform_in_4x4)(const float *source, int64_t row, float *target, int64_t step) {
    NAME(half_in_4x4)(source, row, 0, target, step);
    NAME(half_in_4x4)(source, row, 1, target, step);
}

// 36 values, `step` floats apart, into two of the rows of four by four results: 0 and 2, or 1 and 3, so that what lies between the
// two passes stays in registers.
TARGET static inline __attribute__((always_inline)) void NAME(half_out_4x4)(
    const int is_odd, const float *source, int64_t step, const float *bias, const float *residual, int activation, float slope,
    float *target, int64_t row) {
    NAME(sixteen) half[2][6], m[6], y[2], offset = *(const NAME(sixteen) *)bias;
    _Pragma("clang loop unroll(full)") for (int x = 0; x < 6; x++) {
        for (int i = is_odd; i < 5 + is_odd; i++) m[i] = *(const NAME(sixteen) *)(source + (i * 6 + x) * step);
        NAME(line_out_4x4)(is_odd, m, y);
        for (int i = 0; i < 2; i++) half[i][x] = y[i];
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 2; i++)
        _Pragma("clang loop unroll(full)") for (int odd_column = 0; odd_column < 2; odd_column++) {
            NAME(line_out_4x4)(odd_column, half[i], y);
            _Pragma("clang loop unroll(full)") for (int x = 0; x < 2; x++) {
                int64_t place = (2 * i + is_odd) * row + (2 * x + odd_column) * CK_LANES;
                NAME(sixteen) value = y[x] + offset;
                if (residual) value = value + *(const NAME(sixteen) *)(residual + place);
                NAME(activate)(&value, activation, slope);
                *(NAME(sixteen) *)(target + place) = value;
            }
        }
}

TARGET static inline __attribute__((always_inline)) void NAME(whole_out_4x4)(
    const float *source, int64_t step, const float *bias, const float *residual, int activation, float slope, float *target, int64_t row) {
    NAME(half_out_4x4)(0, source, step, bias, residual, activation, slope, target, row);
    NAME(half_out_4x4)(1, source, step, bias, residual, activation, slope, target, row);
}

// 36 values, `step` floats apart, into four by four results. `residual`, or NULL, lies like `target`.
TARGET static void NAME(transform_out_4x4)(
    const float *source, int64_t step, const float *bias, const float *residual, int activation, float slope, float *target, int64_t row) {
    if (residual) NAME(whole_out_4x4)(source, step, bias, residual, activation, slope, target, row);
    else if (activation == CK_RELU) NAME(whole_out_4x4)(source, step, bias, NULL, CK_RELU, slope, target, row);
    else NAME(whole_out_4x4)(source, step, bias, NULL, activation, slope, target, row);
}
