// Rows of results times a panel of packed weights, for one instruction set.
// Included with VL (floats in a vector), ROWS (places in registers), TARGET (function attributes), NAME(x), FMA(a, b, c).

typedef float NAME(lanes) __attribute__((vector_size(4 * VL), aligned(4)));
typedef int32_t NAME(signs) __attribute__((vector_size(4 * VL), aligned(4)));

// Without full unrolling the sums would live in memory instead of registers.
#define UNROLLED _Pragma("clang loop unroll(full)")

// `rows` places times `vectors` vectors of results, one chain of multiply-adds for each. `step` floats from place to place.
TARGET static inline __attribute__((always_inline)) void NAME(rows_of_lanes)(
    const int rows, const int vectors, const ck_product *p, int64_t lane, int64_t start, const int64_t step, float *result,
    int64_t result_step, int64_t block_step) {
    NAME(lanes) sum[ROWS][2];
    UNROLLED for (int r = 0; r < rows; r++)
        UNROLLED for (int v = 0; v < vectors; v++) {
            int64_t place = lane + v * VL;
            const float *before = result + r * result_step + place / CK_LANES * block_step + place % CK_LANES;
            sum[r][v] = p->continues ? *(const NAME(lanes) *)before
                : p->bias            ? *(const NAME(lanes) *)(p->bias + place)
                                     : (NAME(lanes)){};
        }
    for (int64_t t = 0; t < p->count; t++) {
        const ck_tap *tap = p->taps + t;
        const float *x = tap->row + (tap->offset + start), *w = p->weights + tap->column * p->width + lane;
        for (int64_t c = 0; c < tap->channels; c++, x++, w += p->width) {
            NAME(lanes) weight[2];
            UNROLLED for (int v = 0; v < vectors; v++) weight[v] = *(const NAME(lanes) *)(w + v * VL);
            UNROLLED for (int r = 0; r < rows; r++) {
                NAME(lanes) value = x[r * step] - (NAME(lanes)){};
                UNROLLED for (int v = 0; v < vectors; v++) sum[r][v] = FMA(value, weight[v], sum[r][v]);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++)
        UNROLLED for (int v = 0; v < vectors; v++) {
            NAME(lanes) y = sum[r][v];
            int64_t place = lane + v * VL;
            if (p->residual)
                y = y + *(const NAME(lanes) *)(p->residual[place / CK_LANES] + (result - p->origin) + r * result_step + place % CK_LANES);
            if (p->activation != CK_LINEAR) {
                NAME(signs) negative = y < (NAME(lanes)){};
                NAME(lanes) low = p->activation == CK_RELU ? (NAME(lanes)){} : y * p->slope;
                y = (NAME(lanes))((negative & (NAME(signs))low) | (~negative & (NAME(signs))y));
            }
            *(NAME(lanes) *)(result + r * result_step + place / CK_LANES * block_step + place % CK_LANES) = y;
        }
}

#define STEPS(n, vectors) \
    if (step == CK_LANES) NAME(rows_of_lanes)(n, vectors, p, lane, start, CK_LANES, result, result_step, block_step); \
    else NAME(rows_of_lanes)(n, vectors, p, lane, start, step, result, result_step, block_step);
#define CASE(n) \
    case n: \
        if (vectors == 2) { STEPS(n, 2) } else { STEPS(n, 1) } \
        break;

TARGET static void NAME(few_rows)(
    const ck_product *p, int rows, int vectors, int64_t lane, int64_t start, int64_t step, float *result, int64_t result_step,
    int64_t block_step) {
    switch (rows) {
        CASE(1)
        CASE(2)
        CASE(3)
        CASE(4)
        CASE(5)
        CASE(6)
#if ROWS == 14
        CASE(7)
        CASE(8)
        CASE(9)
        CASE(10)
        CASE(11)
        CASE(12)
        CASE(13)
        CASE(14)
#endif
    }
}

TARGET static void NAME(product)(
    const ck_product *p, int rows, int64_t start, int64_t step, float *result, int64_t result_step, int64_t block_step) {
    int groups = (rows + ROWS - 1) / ROWS;
    for (int64_t lane = 0; lane < p->width; lane += 2 * VL)
        for (int g = 0; g < groups; g++) {
            int from = rows * g / groups, to = rows * (g + 1) / groups;
            NAME(few_rows)(
                p, to - from, p->width - lane > VL ? 2 : 1, lane, start + from * step, step, result + from * result_step, result_step,
                block_step);
        }
}

#undef CASE
#undef STEPS
#undef UNROLLED
#undef VL
#undef ROWS
#undef TARGET
#undef NAME
#undef FMA
