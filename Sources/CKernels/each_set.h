// Includes LANES, a header of kernels, once for each instruction set, with TARGET (function attributes), NAME(x) and FMA(a, b, c),
// which it undefines; CALL(set, function, ...) calls the one of a set.

#define BASELINE_NAME(x) x##_baseline
#define AVX2_NAME(x) x##_avx2
#define AVX512_NAME(x) x##_avx512

#define TARGET
#define NAME BASELINE_NAME
#define FMA(a, b, c) ((a) * (b) + (c))
#include LANES

#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma")))
#define NAME AVX2_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include LANES

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define NAME AVX512_NAME
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#include LANES
#define CALL(set, function, ...) \
    if ((set) == CK_AVX512) function##_avx512(__VA_ARGS__); \
    else if ((set) == CK_AVX2) function##_avx2(__VA_ARGS__); \
    else function##_baseline(__VA_ARGS__)
#else
#define CALL(set, function, ...) function##_baseline(__VA_ARGS__)
#endif
