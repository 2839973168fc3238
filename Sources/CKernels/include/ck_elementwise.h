#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H
#include <stdint.h>

enum { CK_UNARY_RELU, CK_UNARY_LEAKY_RELU, CK_UNARY_ELU, CK_UNARY_SQRT, CK_UNARY_CLIP };
enum { CK_ADD, CK_SUB, CK_MUL, CK_DIV, CK_POW, CK_PRELU };

/// output[i] = f(input[i]); `first` is the slope or the lower bound, `second` the upper bound. `output` may be `input`.
void ck_unary(int function, float first, float second, const float *input, float *output, int64_t count);

/// output[i] = f(left[i * left_step], right[i * right_step]) with steps of 0 or 1. `output` may be `left` or `right` where its step is 1.
void ck_binary(int function, const float *left, int left_step, const float *right, int right_step, float *output, int64_t count);

/// output[i] = (input[i] - centre) * scale + shift, the product and the sum fused where the processor can.
void ck_affine(float centre, float scale, float shift, const float *input, float *output, int64_t count);

/// Softmax of `count` values that lie `step` apart.
void ck_softmax(const float *input, float *output, int64_t count, int64_t step);

#endif
