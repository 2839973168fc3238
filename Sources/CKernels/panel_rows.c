#include "panel_rows.h"
#include "include/ck_functions.h"

void ck_panel_rows(
    int set, const ck_channels *c, int64_t depth, const ck_blocked_output *output, int64_t result_step) {
    int64_t block_step = output->block_step;
    int is_last = c->last == depth;
    int activation = is_last ? output->activation : CK_LINEAR;
    ck_product product = {
        .taps = c->taps, .count = c->count, .continues = c->first > 0, .activation = ck_is_smooth(activation) ? CK_LINEAR : activation,
        .slope = output->slope};
    const float *residual[CK_BLOCKED_PANEL / CK_LANES];
    for (int64_t panel = 0; panel < output->results; panel += CK_BLOCKED_PANEL) {
        int64_t next = panel + CK_BLOCKED_PANEL, block = panel / CK_LANES;
        product.width = ck_panel_width(output->results, panel);
        product.weights = output->weights + panel * depth + c->first * product.width;
        // Behind the last panel its next channels, or the first panel again.
        product.ahead = next < output->results ? output->weights + next * depth + c->first * ck_panel_width(output->results, next)
            : is_last                          ? output->weights
                                               : output->weights + c->last * ck_panel_width(output->results, 0);
        product.bias = output->bias ? output->bias + panel : NULL;
        float *result = output->output + block * block_step + c->place * result_step;
        if (output->residual && is_last) {
            for (int64_t b = 0; b < product.width / CK_LANES; b++) residual[b] = output->residual[block + b];
            product.residual = residual;
            product.origin = output->output + block * block_step;
        }
        ck_product_rows(set, &product, c->places, c->start, c->step, result, result_step, block_step);
        ck_apply_smooth(activation, output->slope, result, c->places, product.width, result_step, block_step, set);
    }
}

void ck_apply_smooth(
    int activation, float factor, float *result, int64_t places, int64_t width, int64_t result_step, int64_t block_step, int set) {
    if (!ck_is_smooth(activation)) return;
    int function = activation - CK_SMOOTH;
    if (result_step == CK_LANES) {
        for (int64_t block = 0; block < width / CK_LANES; block++)
            ck_function(function, factor, result + block * block_step, result + block * block_step, places * CK_LANES, set);
        return;
    }
    int64_t run = block_step == CK_LANES ? width : CK_LANES;
    for (int64_t place = 0; place < places; place++)
        for (int64_t lane = 0; lane < width; lane += run) {
            float *first = result + place * result_step + lane / CK_LANES * block_step;
            ck_function(function, factor, first, first, run, set);
        }
}
