#include "ck_pooling.h"
#include "clones.h"
#include <math.h>

// Window positions [begin, end) along an axis that lie inside the input, for output position o.
static inline void inside(const ck_window *w, int axis, int64_t o, int64_t *begin, int64_t *end) {
    int64_t start = o * w->stride[axis] - w->pad[axis], d = w->dilation[axis], extent = w->input[axis];
    *begin = start >= 0 ? 0 : (-start + d - 1) / d;
    *end = extent <= start ? 0 : (extent - start + d - 1) / d;
    if (*end > w->kernel[axis]) *end = w->kernel[axis];
    if (*end < *begin) *end = *begin;
}

CLONES static void max_pool_two(const ck_window *w, const float *input, float *output) {
    for (int64_t y = 0; y < w->output[1]; y++) {
        const float *a = input + 2 * y * w->input[2], *b = a + w->input[2];
        float *target = output + y * w->output[2];
        for (int64_t x = 0; x < w->output[2]; x++) {
            float p = a[2 * x], q = a[2 * x + 1], r = b[2 * x], s = b[2 * x + 1];
            p = q > p || q != q ? q : p;
            r = s > r || s != s ? s : r;
            target[x] = r > p || r != r ? r : p;
        }
    }
}

void ck_max_pool(const ck_window *w, const float *input, float *output) {
    if (w->input[0] == 1 && w->output[0] == 1 && w->kernel[0] == 1 && w->kernel[1] == 2 && w->kernel[2] == 2 && w->stride[1] == 2
        && w->stride[2] == 2 && w->pad[0] == 0 && w->pad[1] == 0 && w->pad[2] == 0 && w->dilation[1] == 1 && w->dilation[2] == 1
        && 2 * w->output[1] <= w->input[1] && 2 * w->output[2] <= w->input[2]) {
        max_pool_two(w, input, output);
        return;
    }
    int64_t begin[3], end[3];
    for (int64_t z = 0; z < w->output[0]; z++) {
        inside(w, 0, z, &begin[0], &end[0]);
        for (int64_t y = 0; y < w->output[1]; y++) {
            inside(w, 1, y, &begin[1], &end[1]);
            for (int64_t x = 0; x < w->output[2]; x++) {
                inside(w, 2, x, &begin[2], &end[2]);
                float best = -INFINITY;
                for (int64_t kz = begin[0]; kz < end[0]; kz++)
                    for (int64_t ky = begin[1]; ky < end[1]; ky++) {
                        int64_t iz = z * w->stride[0] - w->pad[0] + kz * w->dilation[0], iy = y * w->stride[1] - w->pad[1] + ky * w->dilation[1];
                        const float *row = input + (iz * w->input[1] + iy) * w->input[2];
                        for (int64_t kx = begin[2]; kx < end[2]; kx++) {
                            float value = row[x * w->stride[2] - w->pad[2] + kx * w->dilation[2]];
                            best = value > best || value != value ? value : best;
                        }
                    }
                *output++ = best;
            }
        }
    }
}

// Window positions along an axis that lie inside the input or its padding.
static inline int64_t padded_places(const ck_window *w, const int64_t pad_end[3], int axis, int64_t o) {
    int64_t start = o * w->stride[axis], extent = w->input[axis] + w->pad[axis] + pad_end[axis];
    int64_t places = extent <= start ? 0 : (extent - start + w->dilation[axis] - 1) / w->dilation[axis];
    return places < w->kernel[axis] ? places : w->kernel[axis];
}

void ck_average_pool(const ck_window *w, const int64_t pad_end[3], int include_pad, const float *input, float *output) {
    int64_t begin[3], end[3];
    for (int64_t z = 0; z < w->output[0]; z++) {
        inside(w, 0, z, &begin[0], &end[0]);
        for (int64_t y = 0; y < w->output[1]; y++) {
            inside(w, 1, y, &begin[1], &end[1]);
            for (int64_t x = 0; x < w->output[2]; x++) {
                inside(w, 2, x, &begin[2], &end[2]);
                float sum = 0;
                for (int64_t kz = begin[0]; kz < end[0]; kz++)
                    for (int64_t ky = begin[1]; ky < end[1]; ky++) {
                        int64_t iz = z * w->stride[0] - w->pad[0] + kz * w->dilation[0], iy = y * w->stride[1] - w->pad[1] + ky * w->dilation[1];
                        const float *row = input + (iz * w->input[1] + iy) * w->input[2];
                        for (int64_t kx = begin[2]; kx < end[2]; kx++) sum += row[x * w->stride[2] - w->pad[2] + kx * w->dilation[2]];
                    }
                int64_t places = include_pad
                    ? padded_places(w, pad_end, 0, z) * padded_places(w, pad_end, 1, y) * padded_places(w, pad_end, 2, x)
                    : (end[0] - begin[0]) * (end[1] - begin[1]) * (end[2] - begin[2]);
                *output++ = places > 0 ? sum / (float)places : 0;
            }
        }
    }
}

double ck_sum(const float *input, int64_t count) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += input[i];
    return sum;
}

double ck_sum_of_squares(const float *input, int64_t count, double mean) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += ((double)input[i] - mean) * ((double)input[i] - mean);
    return sum;
}
