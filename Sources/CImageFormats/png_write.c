#include "CImageFormats.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int descriptor;
    cif_message *message;
} sink;

static void on_error(png_structp png, png_const_charp text) {
    sink *self = png_get_error_ptr(png);
    if (!self->message->text[0]) snprintf(self->message->text, sizeof self->message->text, "%s", text);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void write_bytes(png_structp png, png_bytep bytes, size_t count) {
    sink *self = png_get_io_ptr(png);
    while (count > 0) {
        ssize_t put = write(self->descriptor, bytes, count);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) {
            snprintf(self->message->text, sizeof self->message->text, "%s", strerror(errno));
            png_error(png, "write error");
        }
        bytes += put;
        count -= (size_t)put;
    }
}

static void flush(png_structp png) { (void)png; }

static int encode(
    png_structp png, png_infop info, const cif_png_layout *layout, const uint8_t *pixels, int is_label,
    const uint32_t pixels_per_metre[2]) {
    static const int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    if (setjmp(png_jmpbuf(png))) return -1;
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(
        png, info, layout->width, layout->height, layout->bits, types[layout->samples - 1], PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_buffer_size(png, 1 << 18);
    if (is_label) png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    if (pixels_per_metre[0] && pixels_per_metre[1])
        png_set_pHYs(png, info, pixels_per_metre[0], pixels_per_metre[1], PNG_RESOLUTION_METER);
    png_write_info(png, info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (layout->bits == 16) png_set_swap(png);
#endif
    size_t row_bytes = (size_t)layout->width * layout->samples * (layout->bits / 8);
    for (uint32_t row = 0; row < layout->height; row++) png_write_row(png, pixels + row * row_bytes);
    png_write_end(png, info);
    return 0;
}

int cif_png_write(
    int descriptor, const cif_png_layout *layout, const void *pixels, int is_label, const uint32_t pixels_per_metre[2],
    cif_message *message) {
    message->text[0] = 0;
    if (layout->samples < 1 || layout->samples > 4 || (layout->bits != 8 && layout->bits != 16)) {
        snprintf(message->text, sizeof message->text, "PNG has no such pixels");
        return -1;
    }
    sink self = {descriptor, message};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &self, on_error, on_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    int result = -1;
    if (!info) {
        snprintf(message->text, sizeof message->text, "out of memory");
    } else {
        png_set_write_fn(png, &self, write_bytes, flush);
        result = encode(png, info, layout, pixels, is_label, pixels_per_metre);
    }
    png_destroy_write_struct(png ? &png : NULL, info ? &info : NULL);
    return result;
}
