#include "ck_blocked_plane.h"
#include "clones.h"

#pragma clang fp contract(off)

enum { LANES = 16, CHAINS = 4 };
typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));
typedef double wide_lanes __attribute__((vector_size(8 * LANES), aligned(8)));

#define UNROLLED _Pragma("clang loop unroll(full)")

// Four sums take turns, so that one addition need not wait for the one before; they are added up in a fixed order.
CLONES void ck_blocked_sums(const float *block, int64_t places, double sums[16]) {
    wide_lanes chains[CHAINS] = {};
    for (int64_t i = 0; i < places; i += CHAINS, block += CHAINS * LANES)
        UNROLLED for (int c = 0; c < CHAINS; c++)
            if (i + c < places) chains[c] += __builtin_convertvector(*(const lanes *)(block + c * LANES), wide_lanes);
    *(wide_lanes *)sums = (chains[0] + chains[1]) + (chains[2] + chains[3]);
}

CLONES void ck_blocked_squares(const float *block, int64_t places, const double means[16], double sums[16]) {
    wide_lanes chains[CHAINS] = {}, mean = *(const wide_lanes *)means;
    for (int64_t i = 0; i < places; i += CHAINS, block += CHAINS * LANES)
        UNROLLED for (int c = 0; c < CHAINS; c++)
            if (i + c < places) {
                wide_lanes difference = __builtin_convertvector(*(const lanes *)(block + c * LANES), wide_lanes) - mean;
                chains[c] += difference * difference;
            }
    *(wide_lanes *)sums = (chains[0] + chains[1]) + (chains[2] + chains[3]);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void affine_fused(
    const float centre[16], const float scale[16], const float shift[16], const float *input, float *output, int64_t places) {
    // One vector for a place: left to itself, the compiler makes vectors of places and gathers their channels.
    lanes centres = *(const lanes *)centre, factors = *(const lanes *)scale, summands = *(const lanes *)shift;
    for (int64_t i = 0; i < places; i++, input += LANES, output += LANES)
        *(lanes *)output = __builtin_elementwise_fma(*(const lanes *)input - centres, factors, summands);
}
#endif

void ck_blocked_affine(
    const float centre[16], const float scale[16], const float shift[16], const float *input, float *output, int64_t places) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return affine_fused(centre, scale, shift, input, output, places);
#endif
    for (int64_t i = 0; i < places; i++)
        for (int j = 0; j < LANES; j++) output[i * LANES + j] = (input[i * LANES + j] - centre[j]) * scale[j] + shift[j];
}
