// Rows of results times a panel of packed weights, for one instruction set.
// Included with VL (floats in a vector), ROWS (places in registers), TARGET (function attributes), NAME(x), FMA(a, b, c).

typedef float NAME(lanes) __attribute__((vector_size(4 * VL), aligned(4)));
typedef int32_t NAME(signs) __attribute__((vector_size(4 * VL), aligned(4)));

// Without full unrolling the sums would live in memory instead of registers.
#define UNROLLED _Pragma("clang loop unroll(full)")

// One channel of `rows` places times `vectors` vectors of results.
#define ADD_CHANNEL(c) \
    do { \
        NAME(lanes) weight[2]; \
        UNROLLED for (int v = 0; v < vectors; v++) weight[v] = *(const NAME(lanes) *)(w + (c) * width + v * VL); \
        UNROLLED for (int r = 0; r < rows; r++) { \
            NAME(lanes) value = x[r * step + (c)] - (NAME(lanes)){}; \
            UNROLLED for (int v = 0; v < vectors; v++) sum[r][v] = FMA(value, weight[v], sum[r][v]); \
        } \
    } while (0)

// Moves on by channels. Hides from the compiler that both pointers move together: it would count in one index, and a multiply-add
// whose operand in memory has an index takes two places in the processor's queues instead of one.
#define ADVANCE(channels) \
    x += (channels); \
    w += (channels) * width; \
    __asm__("" : "+r"(x), "+r"(w))

// Two neighbouring vectors of results: where they begin and what belongs to them.
typedef struct {
    const float *weights, *bias, *residual[2];   // NULL where there is none
    float *result[2];
    int64_t result_step;   // floats from place to place; in the residual too
    const float *ahead;    // the first line of what is fetched, and floats from line to line
    int64_t ahead_step;
} NAME(corner);

#define EACH_VECTOR \
    UNROLLED for (int r = 0; r < rows; r++) \
        UNROLLED for (int v = 0; v < vectors; v++)
#define VECTOR(base) (*(NAME(lanes) *)((base)[v] + r * at->result_step))
#define CONSTANT_VECTOR(base) (*(const NAME(lanes) *)((base)[v] + r * at->result_step))

TARGET static inline __attribute__((always_inline)) NAME(lanes) NAME(rectified)(NAME(lanes) y, float slope) {
    NAME(signs) negative = y < (NAME(lanes)){};
    return (NAME(lanes))((negative & (NAME(signs))(y * slope)) | (~negative & (NAME(signs))y));
}

// `rows` places times `vectors` vectors of results, one chain of multiply-adds for each. `step` floats from place to place of the
// input, `width` results in the panel.
TARGET static inline __attribute__((always_inline)) void NAME(rows_of_lanes)(
    const int rows, const int vectors, const int64_t width, const ck_product *p, const NAME(corner) *at, int64_t start, const int64_t step) {
    NAME(lanes) sum[2 * ROWS][2];
    if (p->continues) {
        EACH_VECTOR sum[r][v] = VECTOR(at->result);
    } else if (at->bias) {
        EACH_VECTOR sum[r][v] = *(const NAME(lanes) *)(at->bias + v * VL);
    } else {
        EACH_VECTOR sum[r][v] = (NAME(lanes)){};
    }
    const float *ahead = at->ahead;
    for (const ck_tap *tap = p->taps, *end = tap + p->count; tap < end; tap++) {
        const float *x = tap->row + (tap->offset + start), *w = at->weights + tap->column * width;
        int64_t left = tap->channels;
        for (; left >= 4; left -= 4) {
            __builtin_prefetch(ahead, 0, 2);
            ahead += at->ahead_step;
            UNROLLED for (int c = 0; c < 4; c++) ADD_CHANNEL(c);
            ADVANCE(4);
        }
        for (; left > 0; left--) {
            ADD_CHANNEL(0);
            ADVANCE(1);
        }
    }
    if (p->residual) EACH_VECTOR sum[r][v] = sum[r][v] + CONSTANT_VECTOR(at->residual);
    if (p->activation == CK_RELU) {
        EACH_VECTOR sum[r][v] = (NAME(lanes))((NAME(signs))sum[r][v] & ~(sum[r][v] < (NAME(lanes)){}));
    } else if (p->activation != CK_LINEAR) {
        EACH_VECTOR sum[r][v] = NAME(rectified)(sum[r][v], p->slope);
    }
    EACH_VECTOR VECTOR(at->result) = sum[r][v];
}

#define CASE(n, vectors, width) \
    case n: \
        if (step == CK_LANES) NAME(rows_of_lanes)(n, vectors, width, p, at, start, CK_LANES); \
        else NAME(rows_of_lanes)(n, vectors, width, p, at, start, step); \
        break;
#define SIX_CASES(first, vectors, width) \
    CASE(first, vectors, width) \
    CASE(first + 1, vectors, width) \
    CASE(first + 2, vectors, width) \
    CASE(first + 3, vectors, width) \
    CASE(first + 4, vectors, width) \
    CASE(first + 5, vectors, width)

// A panel of two blocks.
TARGET static void NAME(wide_rows)(const ck_product *p, int rows, const NAME(corner) *at, int64_t start, int64_t step) {
    switch (rows) {
        SIX_CASES(1, 2, CK_BLOCKED_PANEL)
#if ROWS == 14
        SIX_CASES(7, 2, CK_BLOCKED_PANEL)
        CASE(13, 2, CK_BLOCKED_PANEL)
        CASE(14, 2, CK_BLOCKED_PANEL)
#endif
    }
}

// The last panel of a network may be one block: where that is one vector, there are registers for twice the places.
TARGET static void NAME(narrow_rows)(const ck_product *p, int rows, const NAME(corner) *at, int64_t start, int64_t step) {
    switch (rows) {
#if ROWS == 14
        SIX_CASES(1, 1, CK_LANES)
        SIX_CASES(7, 1, CK_LANES)
        SIX_CASES(13, 1, CK_LANES)
        SIX_CASES(19, 1, CK_LANES)
        CASE(25, 1, CK_LANES)
        CASE(26, 1, CK_LANES)
        CASE(27, 1, CK_LANES)
        CASE(28, 1, CK_LANES)
#else
        SIX_CASES(1, 2, CK_LANES)
#endif
    }
}

// The sums and nothing else of ROWS places that lie side by side, in the input and in the results, for two vectors of a panel of two
// blocks: short sums would feel what `rows_of_lanes` asks before and after.
TARGET static __attribute__((noinline)) void NAME(sums)(
    const ck_product *p, const float *weights, int64_t start, float *first, float *second) {
    enum { rows = ROWS, vectors = 2, width = CK_BLOCKED_PANEL, step = CK_LANES };
    float *const result[vectors] = {first, second};
    NAME(lanes) sum[rows][vectors];
    if (p->continues) {
        EACH_VECTOR sum[r][v] = *(const NAME(lanes) *)(result[v] + r * step);
    } else {
        EACH_VECTOR sum[r][v] = (NAME(lanes)){};
    }
    for (const ck_tap *tap = p->taps, *end = tap + p->count; tap < end; tap++) {
        const float *x = tap->row + (tap->offset + start), *w = weights + tap->column * width;
        int64_t left = tap->channels;
        for (; left >= 2; left -= 2) {
            ADD_CHANNEL(0);
            ADD_CHANNEL(1);
            ADVANCE(2);
        }
        if (left > 0) ADD_CHANNEL(0);
    }
    EACH_VECTOR *(NAME(lanes) *)(result[v] + r * step) = sum[r][v];
}

// As many of `rows` places as make whole groups; returns how many.
TARGET static int NAME(whole_sums)(const ck_product *p, int rows, int64_t start, float *result, int64_t block_step) {
    int whole = rows / ROWS * ROWS;
    for (int64_t lane = 0; lane < CK_BLOCKED_PANEL; lane += 2 * VL) {
        float *first = result + lane / CK_LANES * block_step + lane % CK_LANES;
        float *second = result + (lane + VL) / CK_LANES * block_step + (lane + VL) % CK_LANES;
        for (int64_t place = 0; place < whole * CK_LANES; place += ROWS * CK_LANES)
            NAME(sums)(p, p->weights + lane, start + place, first + place, second + place);
    }
    return whole;
}

TARGET static void NAME(product)(
    const ck_product *p, int rows, int64_t start, int64_t step, float *result, int64_t result_step, int64_t block_step) {
    int is_narrow = p->width < CK_BLOCKED_PANEL, most = is_narrow && VL == CK_LANES ? 2 * ROWS : ROWS;
    if (!is_narrow && step == CK_LANES && result_step == CK_LANES && !p->bias && !p->residual && p->activation == CK_LINEAR) {
        int whole = NAME(whole_sums)(p, rows, start, result, block_step);
        rows -= whole;
        start += whole * step;
        result += whole * result_step;
    }
    if (rows == 0) return;
    // Groups of about the same length. Eight of them fetch what is read next, each its share of the lines.
    int groups = (rows + most - 1) / most, least = rows / groups, longer = rows % groups, fetching = groups < 8 ? groups : 8;
    for (int64_t lane = 0; lane < p->width; lane += 2 * VL) {
        NAME(corner) at = {.weights = p->weights + lane, .bias = p->bias ? p->bias + lane : NULL, .result_step = result_step};
        int64_t from = start;
        for (int g = 0, done = 0; g < groups; g++) {
            int count = least + (g < longer), fetches = p->ahead && lane == 0 && g < fetching;
            at.ahead = fetches ? p->ahead + g * CK_LANES : p->weights;
            at.ahead_step = fetches ? fetching * CK_LANES : 0;
            for (int v = 0; v < 2 && lane + v * VL < p->width; v++) {
                int64_t block = (lane + v * VL) / CK_LANES, place = (lane + v * VL) % CK_LANES + done * result_step;
                at.result[v] = result + block * block_step + place;
                if (p->residual) at.residual[v] = p->residual[block] + (result - p->origin) + place;
            }
            if (is_narrow) NAME(narrow_rows)(p, count, &at, from, step);
            else NAME(wide_rows)(p, count, &at, from, step);
            from += count * step;
            done += count;
        }
    }
}

#undef SIX_CASES
#undef CASE
#undef CONSTANT_VECTOR
#undef VECTOR
#undef EACH_VECTOR
#undef ADVANCE
#undef ADD_CHANNEL
#undef UNROLLED
#undef VL
#undef ROWS
#undef TARGET
#undef NAME
#undef FMA
