// Functions of LANES_AT_ONCE values, for one instruction set. Included with TARGET (function attributes), NAME(x), FMA(a, b, c).
// They fill several vectors of any set: chains of operations on them overlap.

typedef float NAME(values) __attribute__((vector_size(4 * LANES_AT_ONCE), aligned(4)));
typedef int32_t NAME(bits) __attribute__((vector_size(4 * LANES_AT_ONCE), aligned(4)));
typedef double NAME(doubles) __attribute__((vector_size(8 * LANES_AT_ONCE), aligned(8)));

#define V NAME(values)
#define INLINE TARGET static inline __attribute__((always_inline))
#define WHERE(condition, yes, no) ((V)(((condition) & (NAME(bits))(yes)) | (~(condition) & (NAME(bits))(no))))

// e^r with |r| <= ln 2 / 2.
INLINE V NAME(exponential_part)(V r) {
    V p = 1.0f / 5040 - (V){};
    const float terms[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1, 1};
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 7; i++) p = FMA(p, r, terms[i] - (V){});
    return p;
}

// 2^n * e^r with |r| <= ln 2 / 2; adding 1.5 * 2^23 rounds to whole numbers. The power of two in two steps, since results may be
// subnormal.
INLINE V NAME(exponential)(V x) {
    const V shifter = 12582912.0f - (V){};
    x = WHERE(x < -110.0f, -110.0f - (V){}, x);
    x = WHERE(x > 90.0f, 90.0f - (V){}, x);
    V shifted = FMA(x, 1.44269504f - (V){}, shifter), n = shifted - shifter;
    V r = FMA(n, -0.693359375f - (V){}, x);
    V p = NAME(exponential_part)(FMA(n, 2.12194440e-4f - (V){}, r));
    NAME(bits) power = (NAME(bits))shifted - 0x4B400000, half = power >> 1;
    return p * (V)((half + 127) << 23) * (V)((power - half + 127) << 23);
}

INLINE V NAME(absolute)(V x) { return (V)((NAME(bits))x & 0x7FFFFFFF); }
INLINE V NAME(signed_like)(V magnitude, V x) {
    return (V)((NAME(bits))magnitude | ((NAME(bits))x & (int32_t)0x80000000));
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

// 1 - erf(a) within 1e-7: e to a polynomial fitted to -ln erfc(a) up to 4.1, beyond which it is 0.
INLINE V NAME(near_complement)(V a) {
    const V shifter = 12582912.0f - (V){};
    V q = 3.14401877e-05f - (V){};
    const float terms[] = {-0.00030880238f, 0.00103240239f, 0.000536932203f, -0.0195839591f, 0.102919616f, 0.636597753f, 1.1283803f};
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 7; i++) q = FMA(q, a, terms[i] - (V){});
    V x = -(q * a), shifted = FMA(x, 1.44269504f - (V){}, shifter), n = shifted - shifter;
    V p = NAME(exponential_part)(FMA(n, 2.12194440e-4f - (V){}, FMA(n, -0.693359375f - (V){}, x)));
    // No result is subnormal.
    V power = (V)(((NAME(bits))shifted - 0x4B400000 + 127) << 23);
    return WHERE(a > 4.1f, (V){}, p * power);
}

INLINE V NAME(gelu)(V x) {
    V t = x * 0.707106781f, rest = NAME(near_complement)(NAME(absolute)(t));
    return x * 0.5f * WHERE(t < 0.0f, rest, 2.0f - rest);
}

INLINE V NAME(gelu_by_tanh)(V x) {
    V u = x * FMA(x * x, 0.0713548163f - (V){}, 1.59576912f - (V){});
    return x * NAME(sigmoid)(u);
}

INLINE V NAME(capped)(V x, float most) {
    x = WHERE(x < 0.0f, (V){}, x);
    return WHERE(x > most, most - (V){}, x);
}

// The last values are computed in a vector of their own.
#define EACH_VECTOR(expression) \
    for (; i + LANES_AT_ONCE <= count; i += LANES_AT_ONCE) { \
        V x = *(const V *)(input + i); \
        *(V *)(output + i) = (expression); \
    } \
    if (i < count) { \
        V x = {}; \
        memcpy(&x, input + i, sizeof(float) * (size_t)(count - i)); \
        V y = (expression); \
        memcpy(output + i, &y, sizeof(float) * (size_t)(count - i)); \
    } \
    break

TARGET static void NAME(function)(int function, float factor, const float *input, float *output, int64_t count) {
    int64_t i = 0;
    switch (function) {
    case CK_EXP: EACH_VECTOR(NAME(exponential)(x));
    case CK_SIGMOID: EACH_VECTOR(NAME(sigmoid)(x));
    case CK_TANH: EACH_VECTOR(NAME(hyperbolic_tangent)(x));
    case CK_ERF: EACH_VECTOR(NAME(error_function)(x));
    case CK_GELU: EACH_VECTOR(NAME(gelu)(x));
    case CK_GELU_TANH: EACH_VECTOR(NAME(gelu_by_tanh)(x));
    case CK_SWISH: EACH_VECTOR(x * NAME(sigmoid)(x * factor));
    case CK_CAP: EACH_VECTOR(NAME(capped)(x, factor));
    }
}

// The sums of all lanes to one, halves by halves.
INLINE double NAME(total)(NAME(doubles) sums) {
    _Pragma("clang loop unroll(full)") for (int half = LANES_AT_ONCE / 2; half > 0; half /= 2)
        _Pragma("clang loop unroll(full)") for (int lane = 0; lane < half; lane++) sums[lane] += sums[lane + half];
    return sums[0];
}

TARGET static void NAME(softmax_row)(const float *input, float *output, int64_t count) {
    V largest = -INFINITY - (V){};
    int64_t i = 0, whole = count / LANES_AT_ONCE * LANES_AT_ONCE;
    for (; i < whole; i += LANES_AT_ONCE) {
        V x = *(const V *)(input + i);
        largest = WHERE(x > largest, x, largest);
    }
    float most = -INFINITY;
    for (int lane = 0; lane < LANES_AT_ONCE; lane++) most = largest[lane] > most ? largest[lane] : most;
    for (; i < count; i++) most = input[i] > most ? input[i] : most;
    NAME(doubles) sums = {};
    for (i = 0; i < whole; i += LANES_AT_ONCE) {
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
    for (i = 0; i < whole; i += LANES_AT_ONCE) *(V *)(output + i) = *(const V *)(output + i) * factor;
    for (; i < count; i++) output[i] *= factor;
}

TARGET static void NAME(normalize_row)(
    const float *input, double epsilon, const float *scale, const float *shift, float *output, int64_t count) {
    int64_t i, whole = count / LANES_AT_ONCE * LANES_AT_ONCE;
    NAME(doubles) sums = {}, squares = {};
    for (i = 0; i < whole; i += LANES_AT_ONCE) sums += __builtin_convertvector(*(const V *)(input + i), NAME(doubles));
    double mean = NAME(total)(sums);
    for (; i < count; i++) mean += input[i];
    mean /= (double)count;
    for (i = 0; i < whole; i += LANES_AT_ONCE) {
        NAME(doubles) distance = __builtin_convertvector(*(const V *)(input + i), NAME(doubles)) - mean;
        squares += distance * distance;
    }
    double variance = NAME(total)(squares);
    for (; i < count; i++) variance += (input[i] - mean) * (input[i] - mean);
    double factor = 1 / sqrt(variance / (double)count + epsilon);
    // In double precision, since the mean may be much larger than what is left of a value.
    for (i = 0; i < whole; i += LANES_AT_ONCE) {
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
