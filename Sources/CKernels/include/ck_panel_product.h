#ifndef CK_PANEL_PRODUCT_H
#define CK_PANEL_PRODUCT_H
#include "ck_blocked.h"

/// A product of rows with a matrix that lies in panels.
typedef struct {
    /// Rows of `depth` numbers, `left_step` floats from row to row.
    const float *left;
    int64_t left_step, depth;
    /// Packed by `ck_pack_blocked_weights`: a result for each column, a channel for each row of the matrix, one tap.
    const float *packed;
    /// Columns of the result, a multiple of CK_LANES, with which its rows follow each other, `result_step` floats from row to row.
    int64_t columns, result_step;
    /// A value for each column with which the sums begin; NULL for 0.
    const float *bias;
    /// What is added to the sums, lying like the result, before the activation; NULL for nothing.
    const float *added;
    /// CK_SMOOTH and more too.
    int activation;
    float slope;
    float *result;
} ck_panel_factors;

/// Computes rows [first, last). Each result is bias + r0*m0 + r1*m1 + ..., one chain of fused multiply-adds, whatever the range.
/// `scratch`: `ck_panel_product_scratch_bytes`, aligned to 64 bytes.
void ck_panel_product(const ck_panel_factors *factors, int64_t first, int64_t last, int instruction_set, void *scratch);
int64_t ck_panel_product_scratch_bytes(int64_t columns);

#endif
