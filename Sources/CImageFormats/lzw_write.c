#include "CImageFormats.h"

#include <stdlib.h>

enum { clear_code = 256, end_code = 257, first_code = 258, last_code = 4094, slots = 8192 };

typedef struct {
    uint8_t *next;
    uint64_t bits;
    int count;
} bit_writer;

static inline void put(bit_writer *writer, uint32_t code, int width) {
    writer->bits = writer->bits << width | code;
    writer->count += width;
    while (writer->count >= 8) {
        writer->count -= 8;
        *writer->next++ = (uint8_t)(writer->bits >> writer->count);
    }
}

size_t cif_lzw_bound(size_t count) {
    // Twelve bits a byte at worst, a clear code for about every 3800 codes, and the codes at both ends.
    return count + count / 2 + count / 1024 + 64;
}

size_t cif_lzw_encode(const uint8_t *input, size_t count, uint8_t *output) {
    // An entry is (generation, prefix, byte) and its code. A new generation empties the table without touching it.
    uint64_t *keys = calloc(slots, sizeof *keys);
    uint16_t *codes = malloc(slots * sizeof *codes);
    if (!keys || !codes) {
        free(keys);
        free(codes);
        return 0;
    }
    bit_writer writer = {output, 0, 0};
    uint64_t generation = 1;
    uint32_t next = first_code;
    int width = 9;
    put(&writer, clear_code, width);
    if (count > 0) {
        uint32_t prefix = input[0];
        for (size_t i = 1; i < count; i++) {
            uint32_t pair = prefix << 8 | input[i];
            uint64_t key = generation << 20 | pair;
            uint32_t slot = (pair * 2654435761u) >> 19;
            while (keys[slot] != key && keys[slot] >> 20 == generation) slot = (slot + 1) % slots;
            if (keys[slot] == key) {
                prefix = codes[slot];
                continue;
            }
            put(&writer, prefix, width);
            keys[slot] = key;
            codes[slot] = (uint16_t)next++;
            prefix = input[i];
            if (next == last_code) {
                put(&writer, clear_code, width);
                generation++;
                next = first_code;
                width = 9;
            } else if (next == 1u << width) {
                width++;
            }
        }
        put(&writer, prefix, width);
        // The reader adds an entry for the last code too, so its width may grow once more before the end code.
        next++;
        if (next == last_code) {
            put(&writer, clear_code, width);
            width = 9;
        } else if (next == 1u << width) {
            width++;
        }
    }
    put(&writer, end_code, width);
    if (writer.count > 0) *writer.next++ = (uint8_t)(writer.bits << (8 - writer.count));
    free(keys);
    free(codes);
    return (size_t)(writer.next - output);
}
