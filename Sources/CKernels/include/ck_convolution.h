#ifndef CK_CONVOLUTION_H
#define CK_CONVOLUTION_H
#include <stdint.h>

/// The geometry of a sliding window over three spatial axes (z, y, x); nets with fewer axes put extents of 1 in front.
typedef struct {
    int64_t input[3], output[3], kernel[3], stride[3], dilation[3], pad[3];
} ck_window;

/// Instruction sets, in order of speed. Level 1 and 2 give the same bits: one chain of fused multiply-adds for each result.
enum { CK_BASELINE = 0, CK_AVX2 = 1, CK_AVX512 = 2 };
/// What is applied to a result before it is stored; CK_LEAKY multiplies negative values by `slope`. CK_SMOOTH and more is a function of
/// `ck_functions.h` (CK_SMOOTH + CK_GELU), whose factor is `slope`; kernels that take it say so.
enum { CK_LINEAR = 0, CK_RELU = 1, CK_LEAKY = 2, CK_SMOOTH = 8 };
/// Rows in a panel of packed weights, columns in a slice of packed pixels.
enum { CK_PANEL = 8, CK_SLICE = 48 };
/// Floats of scratch memory that `ck_convolution_block` needs: 1 MiB of columns and one tile.
enum { CK_COLUMN_FLOATS = 1 << 18, CK_SCRATCH_FLOATS = (1 << 18) + CK_PANEL * CK_SLICE };

/// The best instruction set of this processor.
int ck_best_instruction_set(void);

/// Packs a matrix of `rows` x `columns` (element (r, c) at `source[r * row_stride + c * column_stride]`) into panels of CK_PANEL
/// rows: `[panel][column][row in panel]`, missing rows 0. `packed` holds ceil(rows / CK_PANEL) * CK_PANEL * columns floats.
void ck_pack_weights(const float *source, int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride, float *packed);

/// Results [first, last) (positions in the flattened output) of a convolution of one group of one image, for all `rows` output channels.
///
/// `input`: the group's channels, (channels, z, y, x). `weights`: packed, a column for each (channel, kz, ky, kx). `bias`: one value
/// for each row, or NULL. `output`: (rows, z, y, x). Each result is bias + w0*x0 + w1*x1 + ... in the order of the columns, whatever
/// the range and the number of rows. last - first <= CK_COLUMN_FLOATS. `scratch`: CK_SCRATCH_FLOATS, 64-byte aligned.
void ck_convolution_block(
    const ck_window *window, const float *input, int64_t channels, const float *weights, const float *bias, int64_t rows, int64_t first,
    int64_t last, int activation, float slope, int instruction_set, float *output, float *scratch);

/// Multiplies a row of `depth` numbers with `columns` columns of a matrix, `step` floats from row to row, whose elements are read once.
/// Each result is 0 + r0*m0 + r1*m1 + ..., the bits of `ck_convolution_block`. depth > 0.
void ck_row_product(
    const float *row, int64_t depth, const float *matrix, int64_t step, int64_t columns, int instruction_set, float *result);

/// Writes the columns of results [first, last) as a matrix (channels * kernel, last - first), row by row: im2col.
void ck_columns(const ck_window *window, const float *input, int64_t channels, int64_t first, int64_t last, float *matrix);

/// Adds up a transposed convolution of one output channel over output rows [first_row, last_row) of the flattened (z, y) rows.
///
/// `products`: (kernel positions, input z, y, x of the slab); the slab starts at input row `slab_row` of the flattened input (z, y)
/// rows and has `slab_rows`. Each result is bias + products in the order of the kernel positions.
/// `window` is that of the convolution whose gradient this is: `window->input` is the extent of this operator's output.
void ck_gather_products(
    const ck_window *window, const float *products, int64_t slab_row, int64_t slab_rows, float bias, int64_t first_row, int64_t last_row,
    int activation, float slope, float *output);

#endif
