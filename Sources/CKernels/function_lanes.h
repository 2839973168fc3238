// Functions of sixteen values at once, for one instruction set. Included with TARGET (function attributes), NAME(x), FMA(a, b, c).

#include "sixteen_lanes.h"

typedef double NAME(doubles) __attribute__((vector_size(128), aligned(8)));

#define V NAME(sixteen)
#define INLINE TARGET static inline __attribute__((always_inline))
#define WHERE(condition, yes, no) \
    ((V)(((condition) & (NAME(sixteen_signs))(yes)) | (~(condition) & (NAME(sixteen_signs))(no))))

// 2^n * e^r with |r| <= ln 2 / 2; adding 1.5 * 2^23 rounds to whole numbers. The power of two in two steps, since results may be
// subnormal.
INLINE V NAME(exponential)(V x) {
    const V shifter = 12582912.0f - (V){};
    x = WHERE(x < -110.0f, -110.0f - (V){}, x);
    x = WHERE(x > 90.0f, 90.0f - (V){}, x);
    V shifted = FMA(x, 1.44269504f - (V){}, shifter), n = shifted - shifter;
    V r = FMA(n, -0.693359375f - (V){}, x);
    r = FMA(n, 2.12194440e-4f - (V){}, r);
    V p = 1.0f / 5040 - (V){};
    const float terms[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1, 1};
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 7; i++) p = FMA(p, r, terms[i] - (V){});
    NAME(sixteen_signs) power = (NAME(sixteen_signs))shifted - 0x4B400000, half = power >> 1;
    return p * (V)((half + 127) << 23) * (V)((power - half + 127) << 23);
}

INLINE V NAME(absolute)(V x) { return (V)((NAME(sixteen_signs))x & 0x7FFFFFFF); }
INLINE V NAME(signed_like)(V magnitude, V x) {
    return (V)((NAME(sixteen_signs))magnitude | ((NAME(sixteen_signs))x & (int32_t)0x80000000));
}

INLINE V NAME(sigmoid)(V x) { return 1.0f / (1.0f + NAME(exponential)(-x)); }

INLINE V NAME(hyperbolic_tangent)(V x) {
    V a = NAME(absolute)(x), z = x * x, p = -0.00604516508f - (V){};
    const float terms[] = {0.0209613291f, -0.0538432632f, 0.133327188f, -0.333333284f};
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) p = FMA(p, z, terms[i] - (V){});
    V low = FMA(x * z, p, x), high = 1.0f - 2.0f / (NAME(exponential)(a + a) + 1.0f);
    return WHERE(a > 0.625f, NAME(signed_like)(high, x), low);
}

// The error function up to 1: a polynomial fitted to erf(x) / x in x².
INLINE V NAME(small_error)(V x) {
    V z = x * x, p = 7.87587508e-05f - (V){};
    const float terms[] = {-0.000801686429f, 0.00518908742f, -0.026854212f, 0.112835947f, -0.376126267f, 1.12837917f};
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 6; i++) p = FMA(p, z, terms[i] - (V){});
    return x * p;
}

// 1 - erf(a) from 1 on: e to a polynomial fitted to -ln erfc(a) up to 4, beyond which 1 takes it in.
INLINE V NAME(complement)(V a) {
    V t = a - 2.5f, q = 3.83470947e-08f - (V){};
    const float terms[] = {6.61463446e-08f, -1.82979251e-06f, 1.29745259e-05f, -7.69696331e-05f, 0.000420709648f,
                           -0.00216550174f, 0.0108581638f,    0.943893736f,    5.35268074f,      7.80681527f};
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 10; i++) q = FMA(q, t, terms[i] - (V){});
    return WHERE(a > 4.0f, (V){}, NAME(exponential)(-q));
}

INLINE V NAME(error_function)(V x) {
    V a = NAME(absolute)(x);
    return WHERE(a > 1.0f, NAME(signed_like)(1.0f - NAME(complement)(a), x), NAME(small_error)(x));
}

INLINE V NAME(gelu)(V x) {
    V t = x * 0.707106781f, a = NAME(absolute)(t), rest = NAME(complement)(a);
    V twice = WHERE(t < 0.0f, rest, 2.0f - rest);
    return x * 0.5f * WHERE(a > 1.0f, twice, 1.0f + NAME(small_error)(t));
}

INLINE V NAME(gelu_by_tanh)(V x) {
    V u = x * FMA(x * x, 0.0713548163f - (V){}, 1.59576912f - (V){});
    return x * NAME(sigmoid)(u);
}

// The last values are computed in a row of sixteen of their own.
#define EACH_VECTOR(expression) \
    for (int64_t i = 0; i < count; i += CK_LANES) { \
        size_t bytes = sizeof(float) * (size_t)(count - i < CK_LANES ? count - i : CK_LANES); \
        V x = {}; \
        if (bytes == sizeof x) x = *(const V *)(input + i); \
        else memcpy(&x, input + i, bytes); \
        V y = (expression); \
        if (bytes == sizeof y) *(V *)(output + i) = y; \
        else memcpy(output + i, &y, bytes); \
    } \
    break

TARGET static void NAME(function)(int function, float factor, const float *input, float *output, int64_t count) {
    switch (function) {
    case CK_EXP: EACH_VECTOR(NAME(exponential)(x));
    case CK_SIGMOID: EACH_VECTOR(NAME(sigmoid)(x));
    case CK_TANH: EACH_VECTOR(NAME(hyperbolic_tangent)(x));
    case CK_ERF: EACH_VECTOR(NAME(error_function)(x));
    case CK_GELU: EACH_VECTOR(NAME(gelu)(x));
    case CK_GELU_TANH: EACH_VECTOR(NAME(gelu_by_tanh)(x));
    case CK_SWISH: EACH_VECTOR(x * NAME(sigmoid)(x * factor));
    }
}

// Sixteen sums to one, from first to last.
INLINE double NAME(total)(NAME(doubles) sums) {
    double total = 0;
    for (int lane = 0; lane < CK_LANES; lane++) total += sums[lane];
    return total;
}

TARGET static void NAME(softmax_row)(const float *input, float *output, int64_t count) {
    V largest = -INFINITY - (V){};
    int64_t i = 0, whole = count / CK_LANES * CK_LANES;
    for (; i < whole; i += CK_LANES) {
        V x = *(const V *)(input + i);
        largest = WHERE(x > largest, x, largest);
    }
    float most = -INFINITY;
    for (int lane = 0; lane < CK_LANES; lane++) most = largest[lane] > most ? largest[lane] : most;
    for (; i < count; i++) most = input[i] > most ? input[i] : most;
    NAME(doubles) sums = {};
    for (i = 0; i < whole; i += CK_LANES) {
        V x = NAME(exponential)(*(const V *)(input + i) - most);
        *(V *)(output + i) = x;
        sums += __builtin_convertvector(x, NAME(doubles));
    }
    double sum = NAME(total)(sums);
    V x = -INFINITY - (V){};
    for (i = whole; i < count; i++) x[i - whole] = input[i] - most;
    x = NAME(exponential)(x);
    for (i = whole; i < count; i++) sum += output[i] = x[i - whole];
    float factor = (float)(1 / sum);
    for (i = 0; i < whole; i += CK_LANES) *(V *)(output + i) = *(const V *)(output + i) * factor;
    for (; i < count; i++) output[i] *= factor;
}

TARGET static void NAME(normalize_row)(
    const float *input, double epsilon, const float *scale, const float *shift, float *output, int64_t count) {
    int64_t i, whole = count / CK_LANES * CK_LANES;
    NAME(doubles) sums = {}, squares = {};
    for (i = 0; i < whole; i += CK_LANES) sums += __builtin_convertvector(*(const V *)(input + i), NAME(doubles));
    double mean = NAME(total)(sums);
    for (; i < count; i++) mean += input[i];
    mean /= (double)count;
    for (i = 0; i < whole; i += CK_LANES) {
        NAME(doubles) distance = __builtin_convertvector(*(const V *)(input + i), NAME(doubles)) - mean;
        squares += distance * distance;
    }
    double variance = NAME(total)(squares);
    for (; i < count; i++) variance += (input[i] - mean) * (input[i] - mean);
    double factor = 1 / sqrt(variance / (double)count + epsilon);
    // In double precision, since the mean may be much larger than what is left of a value.
    for (i = 0; i < whole; i += CK_LANES) {
        NAME(doubles) distance = __builtin_convertvector(*(const V *)(input + i), NAME(doubles)) - mean;
        V normal = __builtin_convertvector(distance * factor, V);
        *(V *)(output + i) = normal * *(const V *)(scale + i) + *(const V *)(shift + i);
    }
    for (; i < count; i++) output[i] = (float)((input[i] - mean) * factor) * scale[i] + shift[i];
}

#undef EACH_VECTOR
#undef WHERE
#undef INLINE
#undef V
#undef TARGET
#undef NAME
#undef FMA
