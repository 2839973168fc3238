#include "CImageFormats.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

typedef struct {
    int descriptor;
    const cif_range *ranges;
    size_t range_count, range;
    uint64_t position;
    cif_message *message;
} source;

static void on_error(png_structp png, png_const_charp text) {
    source *self = png_get_error_ptr(png);
    if (!self->message->text[0]) snprintf(self->message->text, sizeof self->message->text, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep buffer, size_t count) {
    source *self = png_get_io_ptr(png);
    while (count > 0) {
        if (self->range == self->range_count) png_error(png, "the file ends too early");
        const cif_range *range = &self->ranges[self->range];
        if (self->position == range->count) {
            self->range++;
            self->position = 0;
            continue;
        }
        uint64_t left = range->count - self->position;
        size_t wanted = count < left ? count : (size_t)left;
        ssize_t got = pread(self->descriptor, buffer, wanted, (off_t)(range->offset + self->position));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) png_error(png, "the file ends too early");
        buffer += got;
        count -= (size_t)got;
        self->position += (uint64_t)got;
    }
}

// Everything between setjmp and longjmp; kept free of locals that change, which a longjmp would leave undefined.
// Palettes are left alone: libpng would give colours to indices that the palette does not have.
static int decode(png_structp png, png_infop info, const cif_png_layout *stored, uint8_t *pixels, cif_message *message) {
    if (setjmp(png_jmpbuf(png))) return -1;
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_benign_errors(png, 0);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(png, info);

    int is_palette = png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE;
    if (!is_palette && png_get_valid(png, info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
    if (png_get_bit_depth(png, info) < 8) png_set_packing(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
#endif
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);

    if (png_get_image_width(png, info) != stored->width || png_get_image_height(png, info) != stored->height
        || png_get_channels(png, info) != stored->samples || png_get_bit_depth(png, info) != stored->bits
        || is_palette != stored->is_palette
        || png_get_rowbytes(png, info) != (size_t)stored->width * stored->samples * (stored->bits / 8)) {
        snprintf(message->text, sizeof message->text, "the chunks contradict the header");
        return -1;
    }
    // Not png_read_image: its list of rows would cost more than an image of narrow rows.
    size_t row_bytes = png_get_rowbytes(png, info);
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t row = 0; row < stored->height; row++) png_read_row(png, pixels + row * row_bytes, NULL);
    }
    png_read_end(png, NULL);
    return 0;
}

// Turns palette indices into colours, with alpha if `samples` is 4.
static int expand(png_structp png, png_infop info, const uint8_t *indices, size_t count, int samples, uint8_t *pixels, cif_message *message) {
    png_colorp palette = NULL;
    png_bytep alpha = NULL;
    int colors = 0, alphas = 0;
    png_get_PLTE(png, info, &palette, &colors);
    png_get_tRNS(png, info, &alpha, &alphas, NULL);
    for (size_t i = 0; i < count; i++, pixels += samples) {
        int index = indices[i];
        if (index >= colors) {
            snprintf(message->text, sizeof message->text, "pixel %zu has colour %d of a palette of %d", i, index, colors);
            return -1;
        }
        pixels[0] = palette[index].red;
        pixels[1] = palette[index].green;
        pixels[2] = palette[index].blue;
        if (samples == 4) pixels[3] = index < alphas ? alpha[index] : 255;
    }
    return 0;
}

int cif_png_read(
    int descriptor, const cif_range *ranges, size_t range_count, const cif_png_layout *layout, void *pixels, size_t count,
    cif_message *message) {
    message->text[0] = 0;
    size_t row_bytes = (size_t)layout->width * layout->samples * (layout->bits / 8), bytes = 0;
    if (count == 0 || __builtin_mul_overflow(row_bytes, (size_t)layout->height, &bytes) || bytes != count) {
        snprintf(message->text, sizeof message->text, "the image's size is not what was announced");
        return -1;
    }
    source self = {descriptor, ranges, range_count, 0, 0, message};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    // A palette's indices are decoded apart and then expanded.
    cif_png_layout stored = *layout;
    uint8_t *indices = NULL;
    if (layout->is_palette) {
        stored.samples = 1;
        indices = malloc((size_t)layout->width * layout->height);
    }
    int result = -1;
    if (!info || (layout->is_palette && !indices)) {
        snprintf(message->text, sizeof message->text, "out of memory");
    } else {
        png_set_read_fn(png, &self, read_bytes);
        result = decode(png, info, &stored, indices ? indices : pixels, message);
        if (result == 0 && indices)
            result = expand(png, info, indices, (size_t)layout->width * layout->height, layout->samples, pixels, message);
    }
    free(indices);
    png_destroy_read_struct(png ? &png : NULL, info ? &info : NULL, NULL);
    return result;
}

uint32_t cif_crc32(uint32_t crc, const uint8_t *bytes, size_t count) {
    return (uint32_t)crc32_z(crc, bytes, count);
}
