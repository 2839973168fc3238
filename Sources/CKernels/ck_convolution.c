#include "ck_convolution.h"
#include "clones.h"
#include <string.h>

#define BASELINE_NAME(x) x##_baseline
#define AVX2_NAME(x) x##_avx2
#define AVX512_NAME(x) x##_avx512

#define VL 4
#define ROWS 4
#define TARGET
#define NAME BASELINE_NAME
#define FMA(a, b, c) ((a) * (b) + (c))
#include "convolution_tile.h"

#if defined(__x86_64__)
#define VL 8
#define ROWS 4
#define TARGET __attribute__((target("avx2,fma")))
#define NAME AVX2_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "convolution_tile.h"

#define VL 16
#define ROWS 8
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define NAME AVX512_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "convolution_tile.h"
#endif

int ck_best_instruction_set(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl"))
        return CK_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CK_AVX2;
#endif
    return CK_BASELINE;
}

static void tile(
    int set, int rows, const float *weights, const float *columns, int64_t depth, const float *bias, int activation, float slope, float *result,
    int64_t stride) {
#if defined(__x86_64__)
    if (set == CK_AVX512) return tile_avx512(rows, weights, columns, depth, bias, activation, slope, result, stride);
    if (set == CK_AVX2) return tile_avx2(rows, weights, columns, depth, bias, activation, slope, result, stride);
#endif
    tile_baseline(rows, weights, columns, depth, bias, activation, slope, result, stride);
}

void ck_pack_weights(const float *source, int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride, float *packed) {
    for (int64_t panel = 0; panel < rows; panel += CK_PANEL)
        for (int64_t c = 0; c < columns; c++)
            for (int64_t r = panel; r < panel + CK_PANEL; r++) *packed++ = r < rows ? source[r * row_stride + c * column_stride] : 0;
}

// A run of results in one output row.
typedef struct {
    int64_t z, y, x;
    int offset, length;
} run;

static int runs_of(const ck_window *w, int64_t first, int64_t last, run *runs) {
    int count = 0;
    for (int64_t n = first; n < last;) {
        int64_t x = n % w->output[2], row = n / w->output[2], length = w->output[2] - x;
        if (length > last - n) length = last - n;
        runs[count++] = (run){row / w->output[1], row % w->output[1], x, (int)(n - first), (int)length};
        n += length;
    }
    return count;
}

static inline __attribute__((always_inline)) void copy_run(
    const ck_window *w, const float *channel, const run *r, int64_t kz, int64_t ky, int64_t kx, float *target) {
    int64_t z = r->z * w->stride[0] - w->pad[0] + kz * w->dilation[0], y = r->y * w->stride[1] - w->pad[1] + ky * w->dilation[1];
    if (z < 0 || z >= w->input[0] || y < 0 || y >= w->input[1]) {
        memset(target, 0, sizeof(float) * r->length);
        return;
    }
    const float *row = channel + (z * w->input[1] + y) * w->input[2];
    int64_t x = r->x * w->stride[2] - w->pad[2] + kx * w->dilation[2], width = w->input[2];
    if (w->stride[2] == 1) {
        int64_t begin = x < 0 ? -x : 0, end = width - x;
        if (begin > r->length) begin = r->length;
        if (end > r->length) end = r->length;
        if (end < begin) end = begin;
        if (begin == 0 && end == CK_SLICE) {
            memcpy(target, row + x, sizeof(float) * CK_SLICE);
            return;
        }
        for (int64_t i = 0; i < begin; i++) target[i] = 0;
        for (int64_t i = begin; i < end; i++) target[i] = row[x + i];
        for (int64_t i = end; i < r->length; i++) target[i] = 0;
    } else {
        for (int64_t i = 0; i < r->length; i++, x += w->stride[2]) target[i] = x >= 0 && x < width ? row[x] : 0;
    }
}

// Columns [first, last) of rows [k0, k1), at most a slice of them, `step` floats from row to row.
CLONES static void pack_slice(
    const ck_window *w, const float *input, int64_t k0, int64_t k1, int64_t first, int64_t last, int64_t step, float *target) {
    run runs[CK_SLICE];
    int count = runs_of(w, first, last, runs);
    int64_t area = w->kernel[1] * w->kernel[2], volume = w->kernel[0] * area, plane = w->input[0] * w->input[1] * w->input[2];
    for (int64_t k = k0; k < k1; k++, target += step) {
        int64_t tap = k % volume;
        for (int i = 0; i < count; i++)
            copy_run(w, input + k / volume * plane, &runs[i], tap / area, tap / w->kernel[2] % w->kernel[1], tap % w->kernel[2],
                target + runs[i].offset);
    }
}

void ck_columns(const ck_window *w, const float *input, int64_t channels, int64_t first, int64_t last, float *matrix) {
    int64_t depth = channels * w->kernel[0] * w->kernel[1] * w->kernel[2];
    for (int64_t n = first; n < last; n += CK_SLICE)
        pack_slice(w, input, 0, depth, n, n + CK_SLICE < last ? n + CK_SLICE : last, last - first, matrix + (n - first));
}

void ck_convolution_block(
    const ck_window *w, const float *input, int64_t channels, const float *weights, const float *bias, int64_t rows, int64_t first,
    int64_t last, int activation, float slope, int set, float *output, float *scratch) {
    int64_t depth = channels * w->kernel[0] * w->kernel[1] * w->kernel[2], positions = w->output[0] * w->output[1] * w->output[2];
    int64_t slices = (last - first + CK_SLICE - 1) / CK_SLICE;
    int64_t chunk = CK_COLUMN_FLOATS / (slices * CK_SLICE);
    if (chunk > 1024) chunk = 1024;
    if (chunk < 1) chunk = 1;
    float *edge = scratch + CK_COLUMN_FLOATS;
    const float zeros[CK_PANEL] = {0};
    // Without columns there is still the bias to write.
    for (int64_t k0 = 0; k0 == 0 || k0 < depth; k0 += chunk) {
        int64_t k1 = k0 + chunk < depth ? k0 + chunk : depth, taken = k1 - k0;
        for (int64_t s = 0; s < slices; s++) {
            int64_t n = first + s * CK_SLICE, end = n + CK_SLICE < last ? n + CK_SLICE : last;
            pack_slice(w, input, k0, k1, n, end, CK_SLICE, scratch + s * CK_SLICE * taken);
        }
        int kind = k1 == depth ? activation : CK_LINEAR;
        for (int64_t m = 0; m < rows; m += CK_PANEL) {
            int count = rows - m < CK_PANEL ? (int)(rows - m) : CK_PANEL;
            const float *start = k0 > 0 ? 0 : bias ? bias + m : zeros;
            const float *panel = weights + m * depth + k0 * CK_PANEL;
            for (int64_t s = 0; s < slices; s++) {
                int64_t n = first + s * CK_SLICE, width = last - n < CK_SLICE ? last - n : CK_SLICE;
                const float *columns = scratch + s * CK_SLICE * taken;
                float *result = output + m * positions + n;
                if (width == CK_SLICE) {
                    tile(set, count, panel, columns, taken, start, kind, slope, result, positions);
                    continue;
                }
                for (int r = 0; r < count && k0 > 0; r++) memcpy(edge + r * CK_SLICE, result + r * positions, sizeof(float) * width);
                tile(set, count, panel, columns, taken, start, kind, slope, edge, CK_SLICE);
                for (int r = 0; r < count; r++) memcpy(result + r * positions, edge + r * CK_SLICE, sizeof(float) * width);
            }
        }
    }
}

static inline float activated(float value, int activation, float slope) {
    if (activation == CK_LINEAR || !(value < 0)) return value;
    return activation == CK_RELU ? 0 : value * slope;
}

CLONES void ck_gather_products(
    const ck_window *w, const float *products, int64_t slab_row, int64_t slab_rows, float bias, int64_t first_row, int64_t last_row,
    int activation, float slope, float *output) {
    int64_t in_width = w->output[2], out_width = w->input[2], step = slab_rows * in_width;
    for (int64_t row = first_row; row < last_row; row++) {
        float *target = output + row * out_width;
        for (int64_t x = 0; x < out_width; x++) target[x] = bias;
        int64_t z = row / w->input[1], y = row % w->input[1];
        const float *product = products;
        for (int64_t kz = 0; kz < w->kernel[0]; kz++)
            for (int64_t ky = 0; ky < w->kernel[1]; ky++) {
                int64_t sz = z + w->pad[0] - kz * w->dilation[0], sy = y + w->pad[1] - ky * w->dilation[1];
                int64_t iz = sz / w->stride[0], iy = sy / w->stride[1];
                int hit = sz >= 0 && sy >= 0 && sz % w->stride[0] == 0 && sy % w->stride[1] == 0 && iz < w->output[0] && iy < w->output[1];
                int64_t source_row = iz * w->output[1] + iy - slab_row;
                for (int64_t kx = 0; kx < w->kernel[2]; kx++, product += step) {
                    if (!hit || source_row < 0 || source_row >= slab_rows) continue;
                    // Input ix lands on ix * stride - pad + kx * dilation.
                    const float *source = product + source_row * in_width;
                    int64_t shift = kx * w->dilation[2] - w->pad[2], stride = w->stride[2];
                    int64_t begin = shift >= 0 ? 0 : (-shift + stride - 1) / stride, end = in_width;
                    if (end > 0 && (end - 1) * stride + shift >= out_width)
                        end = out_width - 1 - shift < 0 ? 0 : (out_width - 1 - shift) / stride + 1;
                    for (int64_t i = begin; i < end; i++) target[i * stride + shift] += source[i];
                }
            }
        if (activation != CK_LINEAR)
            for (int64_t x = 0; x < out_width; x++) target[x] = activated(target[x], activation, slope);
    }
}
