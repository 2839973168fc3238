// A row of numbers times a matrix, for one instruction set. Included with TARGET (function attributes), NAME(x), FMA(a, b, c).

#include "sixteen_lanes.h"

// `vectors` times sixteen sums go on by `count` rows of the matrix; `isFirst` ones begin at 0.
TARGET static inline __attribute__((always_inline)) void NAME(row_sums)(
    const int vectors, const float *row, int count, int isFirst, const float *matrix, int64_t step, float *result) {
    NAME(sixteen) sum[4];
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)
        sum[v] = isFirst ? (NAME(sixteen)){} : *(const NAME(sixteen) *)(result + v * 16);
    for (int k = 0; k < count; k++) {
        NAME(sixteen) factor = row[k] - (NAME(sixteen)){};
        _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)
            sum[v] = FMA(factor, *(const NAME(sixteen) *)(matrix + k * step + v * 16), sum[v]);
    }
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) *(NAME(sixteen) *)(result + v * 16) = sum[v];
}

TARGET static void NAME(row_product)(
    const float *row, int64_t depth, const float *matrix, int64_t step, int64_t columns, float *result) {
    // Eight rows of the matrix at a time are read as streams; the sums stay near the processor.
    for (int64_t k = 0; k < depth; k += 8) {
        int count = depth - k < 8 ? (int)(depth - k) : 8;
        const float *rows = matrix + k * step;
        int64_t n = 0;
        for (; n + 64 <= columns; n += 64) NAME(row_sums)(4, row + k, count, k == 0, rows + n, step, result + n);
        for (; n + 16 <= columns; n += 16) NAME(row_sums)(1, row + k, count, k == 0, rows + n, step, result + n);
        for (; n < columns; n++) {
            float sum = k == 0 ? 0 : result[n];
            for (int i = 0; i < count; i++) sum = FMA(row[k + i], rows[i * step + n], sum);
            result[n] = sum;
        }
    }
}

#undef TARGET
#undef NAME
#undef FMA
