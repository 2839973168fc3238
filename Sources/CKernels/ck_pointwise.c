#include "include/ck_blocked_plane.h"
#include "panel_rows.h"

int64_t ck_pointwise_scratch_bytes(void) {
    return CK_BLOCKS_AT_ONCE * (CK_PANEL_ROWS * CK_LANES * (int64_t)sizeof(float) + (int64_t)sizeof(ck_tap));
}

void ck_blocked_pointwise(
    const ck_blocked_input *input, const float *gate, const ck_blocked_output *output, int64_t first, int64_t last, int set, void *scratch) {
    float *gated = scratch;
    ck_tap *taps = (ck_tap *)(gated + CK_BLOCKS_AT_ONCE * CK_PANEL_ROWS * CK_LANES);
    int64_t pieces = ck_place_pieces(last - first), at_once = CK_BLOCKS_AT_ONCE * CK_LANES;
    for (int64_t piece = 0; piece < pieces; piece++) {
        int64_t from = first + (last - first) * piece / pieces, to = first + (last - first) * (piece + 1) / pieces;
        for (int64_t channel = 0; channel < input->channels; channel += at_once) {
            int64_t end = channel + at_once < input->channels ? channel + at_once : input->channels;
            ck_channels channels = {
                .taps = taps, .count = (end - channel + CK_LANES - 1) / CK_LANES, .first = channel, .last = end, .step = CK_LANES,
                .places = (int)(to - from), .place = from};
            for (int64_t block = 0; block < channels.count; block++) {
                int64_t own = channel + block * CK_LANES;
                const float *source = input->blocks[own / CK_LANES] + from * CK_LANES;
                if (gate) {
                    float *target = gated + block * (to - from) * CK_LANES;
                    ck_blocked_scale(gate + own, source, target, to - from);
                    source = target;
                }
                taps[block] = (ck_tap){source, 0, block * CK_LANES, end - own < CK_LANES ? end - own : CK_LANES};
            }
            ck_panel_rows(set, &channels, input->channels, output, CK_LANES);
        }
    }
}
