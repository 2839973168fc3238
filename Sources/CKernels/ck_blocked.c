#include "include/ck_blocked.h"
#include "panel_rows.h"
#include <string.h>

// Results of a row that are computed together.
enum { RUN = 56 };

int64_t ck_blocked_weight_floats(int64_t results, int64_t channels, int64_t taps) {
    return (results + CK_LANES - 1) / CK_LANES * CK_LANES * channels * taps;
}

void ck_pack_blocked_weights(
    const float *source, int64_t results, int64_t channels, int64_t taps, int64_t result_step, int64_t channel_step, int64_t tap_step,
    int lanes, float *packed) {
    for (int64_t panel = 0; panel < results; panel += CK_BLOCKED_PANEL) {
        int64_t width = ck_panel_width(results, panel);
        for (int64_t block = 0; block < channels; block += lanes)
            for (int64_t tap = 0; tap < taps; tap++)
                for (int64_t c = block; c < block + lanes && c < channels; c++, packed += width) {
                    const float *first = source + panel * result_step + c * channel_step + tap * tap_step;
                    if (result_step == 1 && panel + width <= results) memcpy(packed, first, sizeof(float) * (size_t)width);
                    else
                        for (int64_t r = 0; r < width; r++) packed[r] = panel + r < results ? first[r * result_step] : 0;
                }
    }
}

void ck_unpack_blocked_weights(const float *packed, int64_t results, int64_t channels, int64_t taps, float *target) {
    for (int64_t panel = 0; panel < results; panel += CK_BLOCKED_PANEL) {
        int64_t width = ck_panel_width(results, panel);
        for (int64_t block = 0; block < channels; block += CK_LANES)
            for (int64_t tap = 0; tap < taps; tap++)
                for (int64_t c = block; c < block + CK_LANES && c < channels; c++, packed += width)
                    for (int64_t r = panel; r < panel + width && r < results; r++)
                        target[(r * channels + c) * taps + tap] = packed[r - panel];
    }
}

int64_t ck_blocked_scratch_bytes(int64_t channels, int64_t taps, int lanes) {
    int64_t count = (channels + lanes - 1) / lanes * taps;
    return count * (2 * (int64_t)sizeof(ck_tap) + RUN * lanes * (int64_t)sizeof(float)) + 64;
}

// The rows that one row of results reads.
typedef struct {
    ck_tap *taps;
    ck_tap *gathered;
    float *patch;
    int64_t count;
} row_taps;

static row_taps lay_out(void *scratch, const ck_blocked_input *input, int64_t taps) {
    int64_t count = (input->channels + input->lanes - 1) / input->lanes * taps;
    float *patch = scratch;
    ck_tap *list = (ck_tap *)(patch + count * RUN * input->lanes);
    return (row_taps){list, list + count, patch, 0};
}

static void add_tap(row_taps *t, const ck_blocked_input *input, int64_t block, int64_t tap, int64_t taps, int64_t row_place, int64_t place) {
    int64_t first = block * input->lanes, channels = input->channels - first < input->lanes ? input->channels - first : input->lanes;
    t->taps[t->count++] =
        (ck_tap){input->blocks[block] + row_place * input->lanes, place, first * taps + tap * channels, channels};
}

// Copies what results [from, to) read, places outside of the row as 0.
static void gather(row_taps *t, int lanes, int64_t width, int64_t x_step, int64_t from, int64_t to) {
    float *target = t->patch;
    for (int64_t i = 0; i < t->count; i++) {
        t->gathered[i] = t->taps[i];
        t->gathered[i].row = target;
        t->gathered[i].offset = 0;
        for (int64_t j = from; j < to; j++, target += lanes) {
            int64_t place = j * x_step + t->taps[i].offset / lanes;
            if (place < 0 || place >= width) memset(target, 0, sizeof(float) * (size_t)lanes);
            else memcpy(target, t->taps[i].row + place * lanes, sizeof(float) * (size_t)lanes);
        }
    }
}

// `count` results, `result_step` floats apart, the first one at `first` in its block. The taps' offsets are places.
static void row_of_results(
    row_taps *t, const ck_blocked_input *input, const ck_blocked_output *output, int64_t width, int64_t x_step, int64_t count, float *first,
    int64_t result_step, int64_t columns, int set) {
    int lanes = input->lanes;
    int64_t block_step = output->block_step, low = 0, high = count;
    for (int64_t i = 0; i < t->count; i++) {
        int64_t place = t->taps[i].offset, begin = place < 0 ? (-place + x_step - 1) / x_step : 0;
        int64_t end = width <= place ? 0 : (width - place + x_step - 1) / x_step;
        if (begin > low) low = begin;
        if (end < high) high = end;
    }
    for (int64_t i = 0; i < t->count; i++) t->taps[i].offset *= lanes;
    for (int64_t from = 0; from < count;) {
        int inside = from >= low && from < high;
        int64_t limit = inside ? high : from < low && low < count ? low : count;
        // Runs of about the same length: weights are read once for each.
        int64_t runs = (limit - from + RUN - 1) / RUN, to = from + (limit - from + runs - 1) / runs;
        if (!inside) gather(t, lanes, width, x_step, from, to);
        ck_product product = {
            .taps = inside ? t->taps : t->gathered, .count = t->count,
            .activation = ck_is_smooth(output->activation) ? CK_LINEAR : output->activation, .slope = output->slope};
        for (int64_t panel = 0; panel < output->results; panel += CK_BLOCKED_PANEL) {
            product.width = ck_panel_width(output->results, panel);
            product.weights = output->weights + panel * columns;
            product.bias = output->bias + panel;
            product.origin = output->output + panel / CK_LANES * block_step;
            product.ahead = output->weights + (panel + CK_BLOCKED_PANEL < output->results ? panel + CK_BLOCKED_PANEL : 0) * columns;
            if (output->residual) product.residual = output->residual + panel / CK_LANES;
            float *result = first + from * result_step + panel / CK_LANES * block_step;
            ck_product_rows(
                set, &product, (int)(to - from), inside ? from * x_step * lanes : 0, inside ? x_step * lanes : lanes, result, result_step,
                block_step);
            ck_apply_smooth(output->activation, output->slope, result, to - from, product.width, result_step, block_step, set);
        }
        from = to;
    }
}

void ck_blocked_convolution(
    const ck_window *w, const ck_blocked_input *input, const ck_blocked_output *output, int64_t first_row, int64_t last_row, int set,
    void *scratch) {
    int64_t area = w->kernel[1] * w->kernel[2], taps = w->kernel[0] * area, blocks = (input->channels + input->lanes - 1) / input->lanes;
    for (int64_t row = first_row; row < last_row; row++) {
        int64_t z0 = row / w->output[1] * w->stride[0] - w->pad[0], y0 = row % w->output[1] * w->stride[1] - w->pad[1];
        row_taps t = lay_out(scratch, input, taps);
        for (int64_t block = 0; block < blocks; block++)
            for (int64_t tap = 0; tap < taps; tap++) {
                int64_t z = z0 + tap / area * w->dilation[0], y = y0 + tap / w->kernel[2] % w->kernel[1] * w->dilation[1];
                if (z < 0 || z >= w->input[0] || y < 0 || y >= w->input[1]) continue;
                add_tap(&t, input, block, tap, taps, (z * w->input[1] + y) * w->input[2], tap % w->kernel[2] * w->dilation[2] - w->pad[2]);
            }
        row_of_results(
            &t, input, output, w->input[2], w->stride[2], w->output[2], output->output + row * w->output[2] * CK_LANES, CK_LANES,
            input->channels * taps, set);
    }
}

void ck_blocked_transposed(
    const ck_window *w, const ck_blocked_input *input, const ck_blocked_output *output, int64_t first_row, int64_t last_row, int set,
    void *scratch) {
    int64_t area = w->kernel[1] * w->kernel[2], taps = w->kernel[0] * area, blocks = (input->channels + input->lanes - 1) / input->lanes;
    int64_t width = w->input[2], step = w->stride[2];
    for (int64_t row = first_row; row < last_row; row++) {
        int64_t z0 = row / w->input[1] + w->pad[0], y0 = row % w->input[1] + w->pad[1];
        // Results `phase`, `phase` + step, ... read neighbouring places.
        for (int64_t phase = 0; phase < step && phase < width; phase++) {
            row_taps t = lay_out(scratch, input, taps);
            for (int64_t block = 0; block < blocks; block++)
                for (int64_t tap = 0; tap < taps; tap++) {
                    int64_t z = z0 - tap / area * w->dilation[0], y = y0 - tap / w->kernel[2] % w->kernel[1] * w->dilation[1];
                    int64_t x = phase + w->pad[2] - tap % w->kernel[2] * w->dilation[2];
                    if (z < 0 || y < 0 || z % w->stride[0] || y % w->stride[1] || x % step) continue;
                    z /= w->stride[0];
                    y /= w->stride[1];
                    if (z >= w->output[0] || y >= w->output[1]) continue;
                    add_tap(&t, input, block, tap, taps, (z * w->output[1] + y) * w->output[2], x / step);
                }
            row_of_results(
                &t, input, output, w->output[2], 1, (width - phase + step - 1) / step,
                output->output + (row * width + phase) * CK_LANES, step * CK_LANES, input->channels * taps, set);
        }
    }
}
