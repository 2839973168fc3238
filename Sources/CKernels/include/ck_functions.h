#ifndef CK_FUNCTIONS_H
#define CK_FUNCTIONS_H
#include <stdint.h>

/// Functions of one value. `CK_GELU_TANH` is the approximation by tanh; `CK_SWISH` is x / (1 + exp(-factor * x)),
/// `CK_CAP` cuts off below 0 and above the factor.
enum { CK_EXP, CK_SIGMOID, CK_TANH, CK_ERF, CK_GELU, CK_GELU_TANH, CK_SWISH, CK_CAP };

/// output[i] = f(input[i]) within 3e-7 times the result, of GELU and Swish within 3e-7 times the input. NaN stays NaN. The same bits on
/// every instruction set with fused multiply-adds, wherever a value lies. `output` may be `input`.
void ck_function(int function, float factor, const float *input, float *output, int64_t count, int instruction_set);

/// Softmax of `count` neighbouring values; their sum in double precision, in an order that is always the same.
void ck_softmax_row(const float *input, float *output, int64_t count, int instruction_set);

/// output = (input - mean) / sqrt(variance + epsilon) * scale + shift over `count` neighbouring values, statistics in double precision
/// in an order that is always the same. `scale` and `shift` hold a value for each place. `output` may be `input`.
void ck_normalize_row(
    const float *input, double epsilon, const float *scale, const float *shift, float *output, int64_t count, int instruction_set);

#endif
