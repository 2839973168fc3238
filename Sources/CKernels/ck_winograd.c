#include "include/ck_winograd.h"
#include "blocked_product_call.h"
#include <string.h>

#pragma clang fp contract(off)

// The interpolation points of the larger tiles are 0, A, -A, B, -B and infinity.
#define A (2.0f / 3)
#define B (4.0f / 3)
#define AA (4.0f / 9)
#define BB (16.0f / 9)

#define LANES "winograd_lanes.h"
#include "each_set.h"

// The transforms for tiles of an edge.
#define CALL_TILE(set, edge, function, ...) \
    if ((edge) == CK_WINOGRAD_SMALL) { CALL(set, function##_2x2, __VA_ARGS__); } \
    else { CALL(set, function##_4x4, __VA_ARGS__); }

// Floats of what the larger of the tiles sees, and of its results.
enum {
    MOST_SEEN = (CK_WINOGRAD_LARGE + 2) * (CK_WINOGRAD_LARGE + 2) * CK_LANES,
    MOST_RESULTS = CK_WINOGRAD_LARGE * CK_WINOGRAD_LARGE * CK_LANES
};

static int64_t points_of(int edge) { return (edge + 2) * (edge + 2); }

// Floats from point to point: a line of the cache more than the values, since writing all points at distances of a power of two
// would take turns in a few sets of the cache.
static int64_t spread(int64_t floats) { return floats + CK_LANES; }

// Weights of channel blocks [first_block, last_block) of one panel.
static void transform_weights(
    const float *packed, int64_t results, int64_t channels, int64_t depth, int edge, int64_t panel, int64_t first_block,
    int64_t last_block, int set, float *target, int64_t point_step) {
    int64_t width = ck_panel_width(results, panel * CK_BLOCKED_PANEL), column = 0;
    const float *source = packed + (panel * CK_BLOCKED_PANEL * channels + first_block * CK_LANES * width) * depth * 9;
    for (int64_t block = first_block; block < last_block; block++) {
        int64_t left = channels - block * CK_LANES, taken = left < CK_LANES ? left : CK_LANES;
        for (int64_t z = 0; z < depth; z++, source += 9 * taken * width)
            for (int64_t c = 0; c < taken; c++, column++) {
                CALL_TILE(set, edge, transform_kernels, source + c * width, taken * width, width, target + column * width, point_step);
            }
    }
}

static int64_t blocks_of(int64_t channels) { return (channels + CK_LANES - 1) / CK_LANES; }

void ck_winograd_weights(
    const float *packed, int64_t results, int64_t channels, int64_t depth, int edge, int64_t panel, int set, float *target,
    int64_t point_step) {
    transform_weights(packed, results, channels, depth, edge, panel, 0, blocks_of(channels), set, target, point_step);
}

// A batch of tiles: transformed input [slice][point][block][tile][16], of `slices` slices at once, points `step` floats apart.
typedef struct {
    const ck_window *window;
    const ck_blocked_input *input;
    int64_t first, tiles, across, blocks, slices, step;
    float *transformed;
    int edge, set;
} batch;

static batch batch_of(
    const ck_window *w, const ck_blocked_input *input, int edge, int64_t first, int64_t last, int64_t slices, float *transformed, int set) {
    int64_t across = (w->output[2] + edge - 1) / edge, blocks = blocks_of(input->channels);
    int64_t step = spread(blocks * (last - first) * CK_LANES);
    return (batch){w, input, first, last - first, across, blocks, slices, step, transformed, edge, set};
}

static float *transformed_slice(const batch *b, int64_t z) { return b->transformed + z % b->slices * points_of(b->edge) * b->step; }

static void transform_slice(const batch *b, int64_t z, int64_t first_block, int64_t last_block) {
    const ck_window *w = b->window;
    int64_t height = w->input[1], width = w->input[2], step = b->step, edge = b->edge, seen = edge + 2;
    float *base = transformed_slice(b, z), patch[MOST_SEEN] __attribute__((aligned(64)));
    for (int64_t block = first_block; block < last_block; block++) {
        const float *slice = b->input->blocks[block] + z * height * width * CK_LANES;
        for (int64_t t = 0; t < b->tiles; t++) {
            int64_t y = (b->first + t) / b->across * edge - w->pad[1];
            int64_t x = (b->first + t) % b->across * edge - w->pad[2];
            float *target = base + (block * b->tiles + t) * CK_LANES;
            if (y >= 0 && x >= 0 && y + seen <= height && x + seen <= width) {
                CALL_TILE(b->set, edge, transform_in, slice + (y * width + x) * CK_LANES, width * CK_LANES, target, step);
                continue;
            }
            memset(patch, 0, sizeof(float) * CK_LANES * (size_t)(seen * seen));
            int64_t left = x < 0 ? -x : 0, right = width - x < seen ? width - x : seen;
            for (int64_t i = y < 0 ? -y : 0; i < seen && y + i < height && right > left; i++)
                memcpy(
                    patch + (i * seen + left) * CK_LANES, slice + ((y + i) * width + x + left) * CK_LANES,
                    sizeof(float) * CK_LANES * (size_t)(right - left));
            CALL_TILE(b->set, edge, transform_in, patch, seen * CK_LANES, target, step);
        }
    }
}

// Input slices that output slice `z` meets, and the kernel's slice that meets the first of them.
typedef struct {
    int64_t from, to, kernel_z;
} slice_range;

static slice_range slices_for(const ck_window *w, int64_t z) {
    int64_t begin = z - w->pad[0], from = begin < 0 ? 0 : begin, to = begin + w->kernel[0];
    if (to > w->input[0]) to = w->input[0];
    return (slice_range){from, to < from ? from : to, from - begin};
}

// Rows of transformed input of channel blocks [first_block, last_block); columns are counted from the first of them.
static int64_t find_taps(const batch *b, slice_range range, int64_t first_block, int64_t last_block, ck_tap *taps) {
    int64_t depth = b->window->kernel[0], count = 0;
    for (int64_t block = first_block; block < last_block; block++) {
        int64_t left = b->input->channels - block * CK_LANES, taken = left < CK_LANES ? left : CK_LANES;
        int64_t column = (block - first_block) * CK_LANES * depth + range.kernel_z * taken;
        for (int64_t z = range.from; z < range.to; z++, column += taken)
            taps[count++] = (ck_tap){transformed_slice(b, z) + block * b->tiles * CK_LANES, 0, column, taken};
    }
    return count;
}

static void transform_results(
    const batch *b, const ck_blocked_output *output, int64_t z, int64_t block, const float *products, int64_t step) {
    const ck_window *w = b->window;
    int64_t height = w->output[1], width = w->output[2], edge = b->edge, row = edge * CK_LANES;
    float *slice = output->output + block * output->block_step + z * height * width * CK_LANES;
    const float *residual = output->residual ? output->residual[block] + z * height * width * CK_LANES : NULL;
    float results[MOST_RESULTS] __attribute__((aligned(64))), sums[MOST_RESULTS] __attribute__((aligned(64)));
    if (residual) memset(sums, 0, sizeof sums);
    for (int64_t t = 0; t < b->tiles; t++) {
        int64_t y = (b->first + t) / b->across * edge, x = (b->first + t) % b->across * edge;
        const float *source = products + t * CK_LANES, *bias = output->bias + block * CK_LANES;
        const float *added = residual ? residual + (y * width + x) * CK_LANES : NULL;
        float *target = slice + (y * width + x) * CK_LANES;
        int64_t rows = height - y, columns = width - x;
        if (rows >= edge && columns >= edge) {
            CALL_TILE(b->set, edge, transform_out, source, step, bias, added, output->activation, output->slope, target, width * CK_LANES);
            continue;
        }
        // At the border the tile is computed beside, and what lies in the image is copied.
        size_t line = sizeof(float) * CK_LANES * (size_t)(columns < edge ? columns : edge);
        if (rows > edge) rows = edge;
        for (int64_t i = 0; added && i < rows; i++) memcpy(sums + i * row, added + i * width * CK_LANES, line);
        CALL_TILE(
            b->set, edge, transform_out, source, step, bias, added ? sums : NULL, output->activation, output->slope, results, row);
        for (int64_t i = 0; i < rows; i++) memcpy(target + i * width * CK_LANES, results + i * row, line);
    }
}

// Floats of the products of one panel and slice: [point][block of the panel][tile][16].
static int64_t product_floats(int edge, int64_t tiles) { return points_of(edge) * spread(CK_BLOCKED_PANEL * tiles); }

// The product sums of one panel, of `width` results, for all points.
static void multiply(const batch *b, ck_product product, int64_t width, const float *weights, int64_t weight_step, float *products) {
    product.width = width;
    for (int64_t point = 0; point < points_of(b->edge); point++) {
        product.weights = weights + point * weight_step;
        ck_product_rows(
            b->set, &product, (int)b->tiles, point * b->step, CK_LANES, products + point * spread(width * b->tiles), CK_LANES,
            b->tiles * CK_LANES);
    }
}

// What the product sums of one panel give in slice `z`.
static void finish_panel(const batch *b, const ck_blocked_output *output, int64_t z, int64_t panel, const float *products) {
    int64_t first = panel * CK_BLOCKED_PANEL, width = ck_panel_width(output->results, first);
    for (int64_t block = 0; block < width / CK_LANES; block++)
        transform_results(b, output, z, first / CK_LANES + block, products + block * b->tiles * CK_LANES, spread(width * b->tiles));
}

int64_t ck_winograd_input_floats(int64_t channels, int64_t slices, int edge, int64_t tiles) {
    return points_of(edge) * slices * spread(blocks_of(channels) * tiles * CK_LANES);
}

static int64_t tap_bytes(int64_t channels, int64_t depth) {
    return blocks_of(channels) * depth * (int64_t)sizeof(ck_tap) + 64;
}

int64_t ck_winograd_scratch_bytes(int64_t channels, int64_t depth, int edge, int64_t tiles) {
    return (ck_winograd_input_floats(channels, depth, edge, tiles) + product_floats(edge, tiles)) * (int64_t)sizeof(float)
        + tap_bytes(channels, depth);
}

void ck_winograd(
    const ck_window *w, const ck_blocked_input *input, const ck_blocked_output *output, int edge, int64_t first_tile, int64_t last_tile,
    int64_t first_z, int64_t last_z, int set, void *scratch) {
    batch b = batch_of(w, input, edge, first_tile, last_tile, w->kernel[0], scratch, set);
    float *products = b.transformed + ck_winograd_input_floats(input->channels, b.slices, edge, b.tiles);
    ck_tap *taps = (ck_tap *)(products + product_floats(edge, b.tiles));
    int64_t columns = input->channels * w->kernel[0], weight_step = ck_blocked_weight_floats(output->results, columns, 1), ready = 0;
    for (int64_t z = first_z; z < last_z; z++) {
        slice_range range = slices_for(w, z);
        for (int64_t slice = range.from > ready ? range.from : ready; slice < range.to; slice++) transform_slice(&b, slice, 0, b.blocks);
        if (range.to > ready) ready = range.to;
        ck_product product = {.taps = taps, .count = find_taps(&b, range, 0, b.blocks, taps), .activation = CK_LINEAR};
        for (int64_t first = 0; first < output->results; first += CK_BLOCKED_PANEL) {
            multiply(&b, product, ck_panel_width(output->results, first), output->weights + first * columns, weight_step, products);
            finish_panel(&b, output, z, first / CK_BLOCKED_PANEL, products);
        }
    }
}

void ck_winograd_input(
    const ck_window *w, const ck_blocked_input *input, int edge, int64_t first_tile, int64_t last_tile, int64_t first_block,
    int64_t last_block, int set, float *transformed) {
    batch b = batch_of(w, input, edge, first_tile, last_tile, w->input[0], transformed, set);
    for (int64_t z = 0; z < w->input[0]; z++) transform_slice(&b, z, first_block, last_block);
}

// Channel blocks whose transformed weights for one panel lie in the second cache, beside the products that they add to.
static int64_t blocks_at_once(int edge, int64_t depth) {
    int64_t most = edge == CK_WINOGRAD_SMALL ? 8 : 4;
    return depth < most ? most / depth : 1;
}

int64_t ck_winograd_panel_scratch_bytes(int64_t channels, int64_t depth, int edge, int64_t tiles, int64_t slices) {
    int64_t weights = points_of(edge) * spread(CK_BLOCKED_PANEL * blocks_at_once(edge, depth) * CK_LANES * depth);
    return (weights + product_floats(edge, tiles) * slices) * (int64_t)sizeof(float) + tap_bytes(channels, depth);
}

void ck_winograd_panel(
    const ck_window *w, const ck_blocked_input *input, const ck_blocked_output *output, int edge, int64_t first_tile, int64_t last_tile,
    int64_t first_z, int64_t last_z, int64_t panel, int set, float *transformed, void *scratch) {
    batch b = batch_of(w, input, edge, first_tile, last_tile, w->input[0], transformed, set);
    int64_t depth = w->kernel[0], at_once = blocks_at_once(edge, depth), width = ck_panel_width(output->results, panel * CK_BLOCKED_PANEL);
    int64_t weight_step = spread(CK_BLOCKED_PANEL * at_once * CK_LANES * depth);
    float *weights = scratch, *products = weights + points_of(edge) * weight_step;
    ck_tap *taps = (ck_tap *)(products + product_floats(edge, b.tiles) * (last_z - first_z));
    for (int64_t block = 0; block < b.blocks; block += at_once) {
        int64_t end = block + at_once < b.blocks ? block + at_once : b.blocks;
        transform_weights(output->weights, output->results, input->channels, depth, edge, panel, block, end, set, weights, weight_step);
        for (int64_t z = first_z; z < last_z; z++) {
            ck_product product = {
                .taps = taps, .count = find_taps(&b, slices_for(w, z), block, end, taps), .continues = block > 0, .activation = CK_LINEAR};
            multiply(&b, product, width, weights, weight_step, products + (z - first_z) * product_floats(edge, b.tiles));
        }
    }
    for (int64_t z = first_z; z < last_z; z++) finish_panel(&b, output, z, panel, products + (z - first_z) * product_floats(edge, b.tiles));
}
