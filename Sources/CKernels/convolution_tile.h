// One tile of the product: up to CK_PANEL rows times CK_SLICE columns, for one instruction set.
// Included with VL (floats in a vector), ROWS (rows in registers), TARGET (function attributes), NAME(x), FMA(a, b, c).

typedef float NAME(vector) __attribute__((vector_size(4 * VL), aligned(4)));
typedef int32_t NAME(mask) __attribute__((vector_size(4 * VL), aligned(4)));

// acc[r][v] += weights[k][r] * columns[k][v] for k in order: a single chain for each result.
TARGET static inline __attribute__((always_inline)) void NAME(registers)(
    const int rows, const float *weights, const float *columns, int64_t depth, const float *bias, int activation, float slope, float *result,
    int64_t stride) {
    NAME(vector) sum[ROWS][3];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < 3; v++)
            sum[r][v] = bias ? bias[r] - (NAME(vector)){} : *(const NAME(vector) *)(result + r * stride + v * VL);
    for (int64_t k = 0; k < depth; k++, weights += CK_PANEL, columns += CK_SLICE) {
        NAME(vector) x[3];
        for (int v = 0; v < 3; v++) x[v] = *(const NAME(vector) *)(columns + v * VL);
        for (int r = 0; r < rows; r++) {
            NAME(vector) w = weights[r] - (NAME(vector)){};
            for (int v = 0; v < 3; v++) sum[r][v] = FMA(w, x[v], sum[r][v]);
        }
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < 3; v++) {
            NAME(vector) y = sum[r][v];
            if (activation != CK_LINEAR) {
                NAME(mask) negative = y < (NAME(vector)){};
                NAME(vector) low = activation == CK_RELU ? (NAME(vector)){} : y * slope;
                y = (NAME(vector))((negative & (NAME(mask))low) | (~negative & (NAME(mask))y));
            }
            *(NAME(vector) *)(result + r * stride + v * VL) = y;
        }
}

#define CASE(n) \
    case n: NAME(registers)(n, weights + r, columns + c, depth, bias ? bias + r : 0, activation, slope, result + r * stride + c, stride); break;

TARGET static void NAME(tile)(
    int rows, const float *weights, const float *columns, int64_t depth, const float *bias, int activation, float slope, float *result,
    int64_t stride) {
    for (int r = 0; r < rows; r += ROWS)
        for (int c = 0; c < CK_SLICE; c += 3 * VL)
            switch (rows - r < ROWS ? rows - r : ROWS) {
                CASE(1)
                CASE(2)
                CASE(3)
                CASE(4)
#if ROWS == 8
                CASE(5)
                CASE(6)
                CASE(7)
                CASE(8)
#endif
            }
}

#undef CASE
#undef VL
#undef ROWS
#undef TARGET
#undef NAME
#undef FMA
