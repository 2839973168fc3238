#include "include/ck_winograd.h"
#include "blocked_product_call.h"
#include <string.h>

#pragma clang fp contract(off)

// The interpolation points are 0, A, -A, B, -B and infinity.
#define A (2.0f / 3)
#define B (4.0f / 3)
#define AA (4.0f / 9)
#define BB (16.0f / 9)

#define BASELINE_NAME(x) x##_baseline
#define AVX2_NAME(x) x##_avx2
#define AVX512_NAME(x) x##_avx512

#define TARGET
#define NAME BASELINE_NAME
#define FMA(a, b, c) ((a) * (b) + (c))
#include "winograd_lanes.h"

#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma")))
#define NAME AVX2_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "winograd_lanes.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define NAME AVX512_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "winograd_lanes.h"
#define CALL(set, function, ...) \
    if ((set) == CK_AVX512) function##_avx512(__VA_ARGS__); \
    else if ((set) == CK_AVX2) function##_avx2(__VA_ARGS__); \
    else function##_baseline(__VA_ARGS__)
#else
#define CALL(set, function, ...) function##_baseline(__VA_ARGS__)
#endif

enum { EDGE = CK_WINOGRAD_TILE + 2, POINTS = EDGE * EDGE, PATCH = POINTS * CK_LANES };

// The values of a kernel, as the polynomial that its three weights are, at the six points.
static void line_of_kernel(const double *g, int64_t step, double *t, int64_t t_step) {
    const double a = 2.0 / 3, b = 4.0 / 3, aa = a * a, bb = b * b;
    double near = 2 * aa * (aa - bb), far = 2 * bb * (bb - aa);
    double g0 = g[0], g1 = g[step], g2 = g[2 * step];
    t[0] = g0 / (aa * bb);
    t[t_step] = (g0 + a * g1 + aa * g2) / near;
    t[2 * t_step] = (g0 - a * g1 + aa * g2) / near;
    t[3 * t_step] = (g0 + b * g1 + bb * g2) / far;
    t[4 * t_step] = (g0 - b * g1 + bb * g2) / far;
    t[5 * t_step] = g2;
}

void ck_winograd_weights(
    const float *source, int64_t results, int64_t channels, int64_t depth, int64_t first_panel, int64_t last_panel, float *packed) {
    int64_t columns = channels * depth, point_step = ck_blocked_weight_floats(results, channels, depth);
    for (int64_t panel = first_panel; panel < last_panel; panel++) {
        int64_t first = panel * CK_BLOCKED_PANEL, width = ck_panel_width(results, first), column = 0;
        for (int64_t block = 0; block < channels; block += CK_LANES)
            for (int64_t z = 0; z < depth; z++)
                for (int64_t c = block; c < block + CK_LANES && c < channels; c++, column++) {
                    float *target = packed + first * columns + column * width;
                    for (int64_t r = 0; r < width; r++) {
                        double g[9] = {0}, half[3 * EDGE], t[POINTS];
                        if (first + r < results)
                            for (int i = 0; i < 9; i++) g[i] = source[(((first + r) * channels + c) * depth + z) * 9 + i];
                        for (int x = 0; x < 3; x++) line_of_kernel(g + x, 3, half + x, 3);
                        for (int y = 0; y < EDGE; y++) line_of_kernel(half + y * 3, 1, t + y * EDGE, 1);
                        for (int i = 0; i < POINTS; i++) target[i * point_step + r] = (float)t[i];
                    }
                }
    }
}

int64_t ck_winograd_scratch_bytes(int64_t channels, int64_t results, int64_t depth, int64_t tiles) {
    int64_t blocks = (channels + CK_LANES - 1) / CK_LANES, result_blocks = (results + CK_LANES - 1) / CK_LANES;
    return (PATCH + POINTS * CK_LANES * tiles * (blocks * depth + result_blocks)) * (int64_t)sizeof(float)
        + blocks * depth * (int64_t)sizeof(ck_tap) + 64;
}

// A batch of tiles: transformed input for `kernel[0]` slices in turn, [slice][point][block][tile][16], and products
// [point][result block][tile][16].
typedef struct {
    const ck_window *window;
    const ck_blocked_input *input;
    const ck_blocked_output *output;
    int64_t first, tiles, across, blocks, result_blocks;
    float *patch, *transformed, *products;
    ck_tap *taps;
    int set;
} batch;

static float *transformed_point(const batch *b, int64_t z, int point) {
    return b->transformed + (z % b->window->kernel[0] * POINTS + point) * b->blocks * b->tiles * CK_LANES;
}

static void transform_slice(const batch *b, int64_t z) {
    const ck_window *w = b->window;
    int64_t height = w->input[1], width = w->input[2], step = b->blocks * b->tiles * CK_LANES;
    float *base = transformed_point(b, z, 0);
    for (int64_t block = 0; block < b->blocks; block++) {
        const float *slice = b->input->blocks[block] + z * height * width * CK_LANES;
        for (int64_t t = 0; t < b->tiles; t++) {
            int64_t y = (b->first + t) / b->across * CK_WINOGRAD_TILE - w->pad[1];
            int64_t x = (b->first + t) % b->across * CK_WINOGRAD_TILE - w->pad[2];
            float *target = base + (block * b->tiles + t) * CK_LANES;
            if (y >= 0 && x >= 0 && y + EDGE <= height && x + EDGE <= width) {
                CALL(b->set, transform_in, slice + (y * width + x) * CK_LANES, width * CK_LANES, target, step);
                continue;
            }
            memset(b->patch, 0, PATCH * sizeof(float));
            int64_t left = x < 0 ? -x : 0, right = width - x < EDGE ? width - x : EDGE;
            for (int64_t i = y < 0 ? -y : 0; i < EDGE && y + i < height && right > left; i++)
                memcpy(
                    b->patch + (i * EDGE + left) * CK_LANES, slice + ((y + i) * width + x + left) * CK_LANES,
                    sizeof(float) * CK_LANES * (size_t)(right - left));
            CALL(b->set, transform_in, b->patch, EDGE * CK_LANES, target, step);
        }
    }
}

// Products of slices [from, to), whose first one meets the kernel's slice `kernel_z`.
static void multiply(const batch *b, int64_t from, int64_t to, int64_t kernel_z) {
    int64_t depth = b->window->kernel[0], channels = b->input->channels, results = b->output->results;
    int64_t point_step = ck_blocked_weight_floats(results, channels, depth);
    for (int point = 0; point < POINTS; point++) {
        int64_t count = 0;
        for (int64_t block = 0; block < b->blocks; block++) {
            int64_t first = block * CK_LANES, taken = channels - first < CK_LANES ? channels - first : CK_LANES;
            for (int64_t z = from; z < to; z++)
                b->taps[count++] = (ck_tap){
                    transformed_point(b, z, point) + block * b->tiles * CK_LANES, 0, first * depth + (kernel_z + z - from) * taken, taken};
        }
        ck_product product = {b->taps, count, 0, 0, 0, CK_LINEAR, 0};
        for (int64_t panel = 0; panel < results; panel += CK_BLOCKED_PANEL) {
            product.width = ck_panel_width(results, panel);
            product.weights = b->output->weights + point * point_step + panel * channels * depth;
            float *target = b->products + (point * b->result_blocks + panel / CK_LANES) * b->tiles * CK_LANES;
            ck_product_rows(b->set, &product, (int)b->tiles, 0, CK_LANES, target, CK_LANES, b->tiles * CK_LANES);
        }
    }
}

static void transform_results(const batch *b, int64_t z) {
    const ck_window *w = b->window;
    int64_t height = w->output[1], width = w->output[2], step = b->result_blocks * b->tiles * CK_LANES;
    for (int64_t block = 0; block < b->result_blocks; block++) {
        float *slice = b->output->output + (block * w->output[0] + z) * height * width * CK_LANES;
        for (int64_t t = 0; t < b->tiles; t++) {
            int64_t y = (b->first + t) / b->across * CK_WINOGRAD_TILE, x = (b->first + t) % b->across * CK_WINOGRAD_TILE;
            int64_t rows = height - y < CK_WINOGRAD_TILE ? height - y : CK_WINOGRAD_TILE;
            int64_t columns = width - x < CK_WINOGRAD_TILE ? width - x : CK_WINOGRAD_TILE;
            CALL(
                b->set, transform_out, b->products + (block * b->tiles + t) * CK_LANES, step, b->output->bias + block * CK_LANES,
                b->output->activation, b->output->slope, slice + (y * width + x) * CK_LANES, width * CK_LANES, rows, columns);
        }
    }
}

void ck_winograd(
    const ck_window *w, const ck_blocked_input *input, const ck_blocked_output *output, int64_t first_tile, int64_t last_tile,
    int64_t first_z, int64_t last_z, int set, void *scratch) {
    batch b = {w, input, output, first_tile, last_tile - first_tile, 0, 0, 0, scratch, 0, 0, 0, set};
    b.across = (w->output[2] + CK_WINOGRAD_TILE - 1) / CK_WINOGRAD_TILE;
    b.blocks = (input->channels + CK_LANES - 1) / CK_LANES;
    b.result_blocks = (output->results + CK_LANES - 1) / CK_LANES;
    b.transformed = b.patch + PATCH;
    b.products = b.transformed + w->kernel[0] * POINTS * b.blocks * b.tiles * CK_LANES;
    b.taps = (ck_tap *)(b.products + POINTS * b.result_blocks * b.tiles * CK_LANES);
    int64_t ready = 0;
    for (int64_t z = first_z; z < last_z; z++) {
        int64_t begin = z - w->pad[0], from = begin < 0 ? 0 : begin, to = begin + w->kernel[0];
        if (to > w->input[0]) to = w->input[0];
        if (to < from) to = from;
        for (int64_t slice = from > ready ? from : ready; slice < to; slice++) transform_slice(&b, slice);
        if (to > ready) ready = to;
        multiply(&b, from, to, from - begin);
        transform_results(&b, z);
    }
}

void ck_blocked_depthwise(
    const ck_window *window, const float *input, const float *weights, const float *bias, int64_t first_row, int64_t last_row,
    int activation, float slope, int set, float *output) {
    CALL(set, depthwise, window, input, weights, bias, first_row, last_row, activation, slope, output);
}
