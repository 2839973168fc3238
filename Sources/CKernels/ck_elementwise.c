#include "ck_elementwise.h"
#include "clones.h"
#include <math.h>

#define EACH(expression) \
    for (int64_t i = 0; i < count; i++) { \
        float x = input[i]; \
        output[i] = (expression); \
    } \
    break

CLONES void ck_unary(int function, float first, float second, const float *input, float *output, int64_t count) {
    switch (function) {
    case CK_UNARY_RELU: EACH(x < 0 ? 0 : x);
    case CK_UNARY_LEAKY_RELU: EACH(x < 0 ? x * first : x);
    case CK_UNARY_ELU: EACH(x < 0 ? first * expm1f(x) : x);
    case CK_UNARY_SQRT: EACH(sqrtf(x));
    case CK_UNARY_CLIP:
        for (int64_t i = 0; i < count; i++) {
            float x = input[i] < first ? first : input[i];
            output[i] = x > second ? second : x;
        }
        break;
    }
}

#define PAIRS(expression) \
    for (int64_t i = 0; i < count; i++) { \
        float a = left[i], b = right[i]; \
        output[i] = (expression); \
    }
#define STEPS(expression) \
    if (left_step && right_step) { \
        PAIRS(expression) \
    } else if (left_step) { \
        float b = *right; \
        for (int64_t i = 0; i < count; i++) { \
            float a = left[i]; \
            output[i] = (expression); \
        } \
    } else if (right_step) { \
        float a = *left; \
        for (int64_t i = 0; i < count; i++) { \
            float b = right[i]; \
            output[i] = (expression); \
        } \
    } else { \
        float a = *left, b = *right; \
        float value = (expression); \
        for (int64_t i = 0; i < count; i++) output[i] = value; \
    } \
    break

CLONES void ck_binary(int function, const float *left, int left_step, const float *right, int right_step, float *output, int64_t count) {
    switch (function) {
    case CK_ADD: STEPS(a + b);
    case CK_SUB: STEPS(a - b);
    case CK_MUL: STEPS(a * b);
    case CK_DIV: STEPS(a / b);
    case CK_POW: STEPS(b == 2 ? a * a : b == 3 ? a * a * a : powf(a, b));
    case CK_PRELU: STEPS(a < 0 ? a * b : a);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void affine_fused(
    float centre, float scale, float shift, const float *input, float *output, int64_t count) {
    for (int64_t i = 0; i < count; i++) output[i] = __builtin_fmaf(input[i] - centre, scale, shift);
}
#endif

void ck_affine(float centre, float scale, float shift, const float *input, float *output, int64_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return affine_fused(centre, scale, shift, input, output, count);
#endif
    for (int64_t i = 0; i < count; i++) output[i] = (input[i] - centre) * scale + shift;
}

void ck_softmax(const float *input, float *output, int64_t count, int64_t step) {
    float largest = -INFINITY;
    for (int64_t i = 0; i < count; i++) largest = input[i * step] > largest ? input[i * step] : largest;
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        float value = expf(input[i * step] - largest);
        output[i * step] = value;
        sum += value;
    }
    for (int64_t i = 0; i < count; i++) output[i * step] = (float)(output[i * step] / sum);
}
