#include "blocked_product_call.h"

#define BASELINE_NAME(x) x##_baseline
#define AVX2_NAME(x) x##_avx2
#define AVX512_NAME(x) x##_avx512

#define VL 4
#define ROWS 6
#define TARGET
#define NAME BASELINE_NAME
#define FMA(a, b, c) ((a) * (b) + (c))
#include "blocked_product.h"

#if defined(__x86_64__)
#define VL 8
#define ROWS 6
#define TARGET __attribute__((target("avx2,fma")))
#define NAME AVX2_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "blocked_product.h"

#define VL 16
#define ROWS 14
#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define NAME AVX512_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "blocked_product.h"
#endif

void ck_product_rows(
    int set, const ck_product *product, int rows, int64_t start, int64_t step, float *result, int64_t result_step, int64_t block_step) {
#if defined(__x86_64__)
    if (set == CK_AVX512) return product_avx512(product, rows, start, step, result, result_step, block_step);
    if (set == CK_AVX2) return product_avx2(product, rows, start, step, result, result_step, block_step);
#endif
    product_baseline(product, rows, start, step, result, result_step, block_step);
}
