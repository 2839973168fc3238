// Transforms of Winograd's F(4x4, 3x3) and depthwise products on sixteen channels at once, for one instruction set.
// Included with TARGET (function attributes), NAME(x), FMA(a, b, c). Additions and multiplications are written one by one, so
// that every set of instructions with fused multiply-adds rounds alike.

typedef float NAME(sixteen) __attribute__((vector_size(64), aligned(4)));
typedef int32_t NAME(sixteen_signs) __attribute__((vector_size(64), aligned(4)));

// The values of a kernel, as the polynomial that its three weights are, at the six points.
TARGET static inline __attribute__((always_inline)) void NAME(line_of_kernel)(const NAME(sixteen) g[3], NAME(sixteen) t[6]) {
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
TARGET static void NAME(transform_kernels)(const float *source, int64_t step, int64_t count, float *target, int64_t target_step) {
    for (int64_t r = 0; r < count; r += CK_LANES) {
        NAME(sixteen) g[3], t[6], half[6][3];
        for (int x = 0; x < 3; x++) {
            for (int y = 0; y < 3; y++) g[y] = *(const NAME(sixteen) *)(source + (y * 3 + x) * step + r);
            NAME(line_of_kernel)(g, t);
            for (int y = 0; y < 6; y++) half[y][x] = t[y];
        }
        for (int y = 0; y < 6; y++) {
            NAME(line_of_kernel)(half[y], t);
            for (int x = 0; x < 6; x++) *(NAME(sixteen) *)(target + (y * 6 + x) * target_step + r) = t[x];
        }
    }
}

// One line of six: the polynomial of the other points for each point; points 0, A and -A into t[0...2].
TARGET static inline __attribute__((always_inline)) void NAME(line_in_near)(const NAME(sixteen) d[6], NAME(sixteen) t[3]) {
    NAME(sixteen) splat = {};
    NAME(sixteen) even = FMA(splat - BB, d[2], d[4]), odd = FMA(splat - BB, d[1], d[3]) * (float)A;
    t[0] = FMA(splat - (AA + BB), d[2], FMA(splat + AA * BB, d[0], d[4]));
    t[1] = even + odd;
    t[2] = even - odd;
}

// Points B, -B and infinity.
TARGET static inline __attribute__((always_inline)) void NAME(line_in_far)(const NAME(sixteen) d[6], NAME(sixteen) t[3]) {
    NAME(sixteen) splat = {};
    NAME(sixteen) even = FMA(splat - AA, d[2], d[4]), odd = FMA(splat - AA, d[1], d[3]) * (float)B;
    t[0] = even + odd;
    t[1] = even - odd;
    t[2] = FMA(splat - (AA + BB), d[3], FMA(splat + AA * BB, d[1], d[5]));
}

// Results 0 and 2 of a line of four (`is_odd` 0), or 1 and 3.
TARGET static inline __attribute__((always_inline)) void NAME(line_out)(const int is_odd, const NAME(sixteen) m[6], NAME(sixteen) y[2]) {
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
TARGET static inline __attribute__((always_inline)) void NAME(half_in)(
    const float *source, int64_t row, const int is_far, float *target, int64_t step) {
    NAME(sixteen) half[3][6], d[6], t[3];
    _Pragma("clang loop unroll(full)") for (int x = 0; x < 6; x++) {
        for (int y = is_far; y < 5 + is_far; y++) d[y] = *(const NAME(sixteen) *)(source + y * row + x * CK_LANES);
        if (is_far) NAME(line_in_far)(d, t);
        else NAME(line_in_near)(d, t);
        for (int y = 0; y < 3; y++) half[y][x] = t[y];
    }
    _Pragma("clang loop unroll(full)") for (int y = 0; y < 3; y++) {
        float *line = target + (y + 3 * is_far) * 6 * step;
        NAME(line_in_near)(half[y], t);
        for (int x = 0; x < 3; x++) *(NAME(sixteen) *)(line + x * step) = t[x];
        NAME(line_in_far)(half[y], t);
        for (int x = 0; x < 3; x++) *(NAME(sixteen) *)(line + (x + 3) * step) = t[x];
    }
}

// Six by six places into 36 values, `step` floats apart.
TARGET static void NAME(transform_in)(const float *source, int64_t row, float *target, int64_t step) {
    NAME(half_in)(source, row, 0, target, step);
    NAME(half_in)(source, row, 1, target, step);
}

TARGET static inline __attribute__((always_inline)) void NAME(activate)(NAME(sixteen) *value, int activation, float slope) {
    if (activation == CK_LINEAR) return;
    NAME(sixteen) y = *value;
    NAME(sixteen_signs) negative = y < (NAME(sixteen)){};
    NAME(sixteen) low = activation == CK_RELU ? (NAME(sixteen)){} : y * slope;
    *value = (NAME(sixteen))((negative & (NAME(sixteen_signs))low) | (~negative & (NAME(sixteen_signs))y));
}

// 36 values, `step` floats apart, into two of the rows of four by four results: 0 and 2, or 1 and 3, so that what lies between the
// two passes stays in registers.
TARGET static inline __attribute__((always_inline)) void NAME(half_out)(
    const int is_odd, const float *source, int64_t step, const float *bias, const float *residual, int activation, float slope,
    float *target, int64_t row) {
    NAME(sixteen) half[2][6], m[6], y[2], offset = *(const NAME(sixteen) *)bias;
    _Pragma("clang loop unroll(full)") for (int x = 0; x < 6; x++) {
        for (int i = is_odd; i < 5 + is_odd; i++) m[i] = *(const NAME(sixteen) *)(source + (i * 6 + x) * step);
        NAME(line_out)(is_odd, m, y);
        for (int i = 0; i < 2; i++) half[i][x] = y[i];
    }
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 2; i++)
        _Pragma("clang loop unroll(full)") for (int odd_column = 0; odd_column < 2; odd_column++) {
            NAME(line_out)(odd_column, half[i], y);
            _Pragma("clang loop unroll(full)") for (int x = 0; x < 2; x++) {
                int64_t place = (2 * i + is_odd) * row + (2 * x + odd_column) * CK_LANES;
                NAME(sixteen) value = y[x] + offset;
                if (residual) value = value + *(const NAME(sixteen) *)(residual + place);
                NAME(activate)(&value, activation, slope);
                *(NAME(sixteen) *)(target + place) = value;
            }
        }
}

TARGET static inline __attribute__((always_inline)) void NAME(whole_out)(
    const float *source, int64_t step, const float *bias, const float *residual, int activation, float slope, float *target, int64_t row) {
    NAME(half_out)(0, source, step, bias, residual, activation, slope, target, row);
    NAME(half_out)(1, source, step, bias, residual, activation, slope, target, row);
}

// 36 values, `step` floats apart, into four by four results. `residual`, or NULL, lies like `target`.
TARGET static void NAME(transform_out)(
    const float *source, int64_t step, const float *bias, const float *residual, int activation, float slope, float *target, int64_t row) {
    if (residual) NAME(whole_out)(source, step, bias, residual, activation, slope, target, row);
    else if (activation == CK_RELU) NAME(whole_out)(source, step, bias, NULL, CK_RELU, slope, target, row);
    else NAME(whole_out)(source, step, bias, NULL, activation, slope, target, row);
}

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
