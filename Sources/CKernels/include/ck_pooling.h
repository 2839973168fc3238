#ifndef CK_POOLING_H
#define CK_POOLING_H
#include "ck_convolution.h"

/// Largest value under the window for one plane (z, y, x); places outside the input do not count. An empty window gives -infinity.
void ck_max_pool(const ck_window *window, const float *input, float *output);

/// Mean under the window for one plane. `include_pad`: divide by the places of the window that lie inside the input or its padding
/// (`pad` in front, `pad_end` behind) instead of those inside the input.
void ck_average_pool(const ck_window *window, const int64_t pad_end[3], int include_pad, const float *input, float *output);

/// Sum of a row in double precision, in the order of the elements.
double ck_sum(const float *input, int64_t count);

/// Sum of squared differences to a mean in double precision, in the order of the elements.
double ck_sum_of_squares(const float *input, int64_t count, double mean);

#endif
