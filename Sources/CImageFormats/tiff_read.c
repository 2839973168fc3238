#include "CImageFormats.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

struct cif_tiff {
    TIFF *tiff;
    int descriptor;
    uint64_t size, position;
    // Where the handlers below write: the message of the call that is running.
    cif_message *message;
    // Warnings about unknown tags are harmless, warnings while pixels are decoded are not.
    int is_decoding;
    int has_warning;
};

static void keep(cif_message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void keep(cif_message *message, const char *format, ...) {
    if (!message || message->text[0]) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message->text, sizeof message->text, format, arguments);
    va_end(arguments);
}

// Returning 1 keeps libtiff from calling its global handler, which prints.
static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)module;
    cif_tiff *self = user;
    if (self->message && !self->message->text[0])
        vsnprintf(self->message->text, sizeof self->message->text, format, arguments);
    return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list arguments) {
    cif_tiff *self = user;
    if (!self->is_decoding) return 1;
    self->has_warning = 1;
    return on_error(tiff, user, module, format, arguments);
}

static tmsize_t read_bytes(thandle_t handle, void *buffer, tmsize_t count) {
    cif_tiff *self = (cif_tiff *)handle;
    if (count < 0 || self->position > self->size) return -1;
    uint64_t left = self->size - self->position;
    size_t wanted = (uint64_t)count < left ? (size_t)count : (size_t)left;
    size_t done = 0;
    while (done < wanted) {
        ssize_t got = pread(self->descriptor, (char *)buffer + done, wanted - done, (off_t)(self->position + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += (size_t)got;
    }
    self->position += done;
    return (tmsize_t)done;
}

static tmsize_t refuse_write(thandle_t handle, void *buffer, tmsize_t count) {
    (void)handle;
    (void)buffer;
    (void)count;
    return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    cif_tiff *self = (cif_tiff *)handle;
    uint64_t base = whence == SEEK_CUR ? self->position : whence == SEEK_END ? self->size : 0;
    self->position = base + offset;
    return self->position;
}

static int leave_open(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t size_of(thandle_t handle) { return ((cif_tiff *)handle)->size; }

cif_tiff *cif_tiff_open(int descriptor, uint64_t size, int64_t largest_allocation, cif_message *message) {
    message->text[0] = 0;
    cif_tiff *self = calloc(1, sizeof *self);
    TIFFOpenOptions *options = self ? TIFFOpenOptionsAlloc() : NULL;
    if (!options) {
        free(self);
        keep(message, "out of memory");
        return NULL;
    }
    self->descriptor = descriptor;
    self->size = size;
    self->message = message;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)largest_allocation);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, self);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, self);
    // r read, m no memory map (a file that shrinks would kill the process), c strips as they are in the file, h no directory yet.
    self->tiff = TIFFClientOpenExt(
        "image", "rmch", (thandle_t)self, read_bytes, refuse_write, seek, leave_open, size_of, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    self->message = NULL;
    if (!self->tiff) {
        keep(message, "libtiff cannot open the file");
        free(self);
        return NULL;
    }
    return self;
}

void cif_tiff_close(cif_tiff *self) {
    if (!self) return;
    TIFFClose(self->tiff);
    free(self);
}

// Whether libtiff's reading of the directory is the caller's; libtiff repairs some faults by guessing, which must not go unseen.
static int agrees(TIFF *tiff, const cif_tiff_layout *layout, cif_message *message) {
    uint32_t width = 0, height = 0, block_width = 0, block_height = 0;
    uint16_t samples = 0, bits = 0, compression = 0, planar = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    if (TIFFIsTiled(tiff)) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &block_width);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &block_height);
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &block_height);
        block_width = width;
        if (block_height > height) block_height = height;
    }
    int separate = planar == PLANARCONFIG_SEPARATE && samples > 1;
    if (width == layout->width && height == layout->height && samples == layout->samples && bits == layout->bits
        && compression == layout->compression && separate == layout->separate && !TIFFIsTiled(tiff) == !layout->tiled
        && block_width == layout->block_width && block_height == layout->block_height)
        return 1;
    keep(message, "the directory contradicts itself");
    return 0;
}

static int failed(cif_message *message, const char *what, uint32_t index) {
    if (message->text[0]) {
        char reason[CIF_MESSAGE_LENGTH];
        memcpy(reason, message->text, sizeof reason);
        message->text[0] = 0;
        keep(message, "%s %u: %.200s", what, index, reason);
    } else {
        keep(message, "%s %u holds fewer pixels than it should", what, index);
    }
    return -1;
}

static int read_strips(cif_tiff *self, const cif_tiff_layout *layout, uint8_t *pixels, size_t row_bytes, int planes, cif_message *message) {
    uint32_t index = 0;
    for (int plane = 0; plane < planes; plane++) {
        for (uint32_t row = 0; row < layout->height; index++) {
            uint32_t left = layout->height - row;
            uint32_t rows = left < layout->block_height ? left : layout->block_height;
            tmsize_t wanted = (tmsize_t)(row_bytes * rows);
            if (TIFFReadEncodedStrip(self->tiff, index, pixels, wanted) != wanted || self->has_warning)
                return failed(message, "strip", index);
            pixels += wanted;
            row += rows;
        }
    }
    return 0;
}

static int read_tiles(
    cif_tiff *self, const cif_tiff_layout *layout, uint8_t *pixels, size_t row_bytes, size_t pixel_bytes, int planes,
    cif_message *message) {
    size_t tile_row = (size_t)layout->block_width * pixel_bytes;
    size_t tile_bytes = tile_row * layout->block_height;
    uint8_t *tile = malloc(tile_bytes);
    if (!tile) {
        keep(message, "out of memory for a tile of %zu bytes", tile_bytes);
        return -1;
    }
    int result = 0;
    uint32_t index = 0;
    for (int plane = 0; plane < planes && !result; plane++) {
        uint8_t *start = pixels + (size_t)plane * row_bytes * layout->height;
        for (uint64_t y = 0; y < layout->height && !result; y += layout->block_height) {
            uint64_t left = layout->height - y;
            size_t rows = left < layout->block_height ? left : layout->block_height;
            for (uint64_t x = 0; x < layout->width; x += layout->block_width, index++) {
                if (TIFFReadEncodedTile(self->tiff, index, tile, (tmsize_t)tile_bytes) != (tmsize_t)tile_bytes || self->has_warning) {
                    result = failed(message, "tile", index);
                    break;
                }
                uint64_t columns = layout->width - x;
                size_t bytes = (columns < layout->block_width ? columns : layout->block_width) * pixel_bytes;
                uint8_t *target = start + y * row_bytes + x * pixel_bytes;
                for (size_t row = 0; row < rows; row++)
                    memcpy(target + row * row_bytes, tile + row * tile_row, bytes);
            }
        }
    }
    free(tile);
    return result;
}

// One strip or tile of single bits as bytes 0 and 1: `rows` rows of `columns` pixels, written `stride` bytes apart.
static int read_bits(
    cif_tiff *self, uint32_t index, const cif_tiff_layout *layout, uint8_t *pixels, size_t rows, size_t columns, size_t stride,
    cif_message *message) {
    // Rows end with a whole byte, of which the highest bit comes first.
    size_t row_bytes = ((size_t)layout->block_width + 7) / 8;
    size_t bytes = row_bytes * (layout->tiled ? layout->block_height : rows);
    uint8_t *packed = malloc(bytes);
    if (!packed) {
        keep(message, "out of memory for a block of %zu bytes", bytes);
        return -1;
    }
    tmsize_t got = layout->tiled ? TIFFReadEncodedTile(self->tiff, index, packed, (tmsize_t)bytes)
                                 : TIFFReadEncodedStrip(self->tiff, index, packed, (tmsize_t)bytes);
    int result = got != (tmsize_t)bytes || self->has_warning ? failed(message, layout->tiled ? "tile" : "strip", index) : 0;
    uint8_t black = layout->white_is_zero ? 1 : 0;
    for (size_t row = 0; row < rows && !result; row++)
        for (size_t x = 0; x < columns; x++)
            pixels[row * stride + x] = (packed[row * row_bytes + x / 8] >> (7 - x % 8) & 1) ^ black;
    free(packed);
    return result;
}

static int read_bit_page(cif_tiff *self, const cif_tiff_layout *layout, uint8_t *pixels, cif_message *message) {
    uint32_t index = 0;
    for (size_t y = 0; y < layout->height; y += layout->block_height) {
        size_t down = layout->height - y, rows = down < layout->block_height ? down : layout->block_height;
        for (size_t x = 0; x < layout->width; x += layout->block_width, index++) {
            size_t across = layout->width - x, columns = across < layout->block_width ? across : layout->block_width;
            uint8_t *first = pixels + y * layout->width + x;
            if (read_bits(self, index, layout, first, rows, columns, layout->width, message)) return -1;
        }
    }
    return 0;
}

int cif_tiff_read_page(
    cif_tiff *self, uint64_t directory, const cif_tiff_layout *layout, void *pixels, size_t count, cif_message *message) {
    message->text[0] = 0;
    int planes = layout->separate ? layout->samples : 1;
    size_t pixel_bytes = (size_t)(layout->separate ? 1 : layout->samples) * (layout->bits == 1 ? 1 : layout->bits / 8);
    size_t row_bytes = 0, plane_bytes = 0, page_bytes = 0, tile_bytes = 0;
    if (__builtin_mul_overflow(pixel_bytes, layout->width, &row_bytes) || __builtin_mul_overflow(row_bytes, layout->height, &plane_bytes)
        || __builtin_mul_overflow(plane_bytes, (size_t)planes, &page_bytes) || page_bytes != count || page_bytes > SSIZE_MAX
        || __builtin_mul_overflow(pixel_bytes * layout->block_width, (size_t)layout->block_height, &tile_bytes)
        || tile_bytes > SSIZE_MAX || count == 0 || layout->block_width == 0 || layout->block_height == 0) {
        keep(message, "the page's size is not what was announced");
        return -1;
    }
    self->message = message;
    self->is_decoding = 0;
    self->has_warning = 0;
    int result = -1;
    if (!TIFFSetSubDirectory(self->tiff, directory)) {
        keep(message, "libtiff cannot read the directory");
    } else if (agrees(self->tiff, layout, message)) {
        // An error that libtiff forgave while it read the directory is not the reason of a later one.
        message->text[0] = 0;
        self->is_decoding = 1;
        result = layout->bits == 1 ? read_bit_page(self, layout, pixels, message)
               : layout->tiled     ? read_tiles(self, layout, pixels, row_bytes, pixel_bytes, planes, message)
                                   : read_strips(self, layout, pixels, row_bytes, planes, message);
    }
    self->is_decoding = 0;
    self->message = NULL;
    return result;
}

int cif_tiff_select_page(cif_tiff *self, uint64_t directory, const cif_tiff_layout *layout, cif_message *message) {
    message->text[0] = 0;
    self->message = message;
    self->is_decoding = 0;
    int result = -1;
    if (!TIFFSetSubDirectory(self->tiff, directory))
        keep(message, "libtiff cannot read the directory");
    else
        result = agrees(self->tiff, layout, message) ? 0 : -1;
    self->message = NULL;
    return result;
}

int cif_tiff_read_block(
    cif_tiff *self, uint32_t index, const cif_tiff_layout *layout, void *pixels, size_t count, cif_message *message) {
    message->text[0] = 0;
    self->message = message;
    self->is_decoding = 1;
    self->has_warning = 0;
    tmsize_t wanted = (tmsize_t)count;
    int result;
    if (layout->bits == 1) {
        size_t columns = layout->block_width;
        result = read_bits(self, index, layout, pixels, count / columns, columns, columns, message);
    } else {
        tmsize_t got = layout->tiled ? TIFFReadEncodedTile(self->tiff, index, pixels, wanted)
                                     : TIFFReadEncodedStrip(self->tiff, index, pixels, wanted);
        result = got != wanted || self->has_warning ? failed(message, layout->tiled ? "tile" : "strip", index) : 0;
    }
    self->is_decoding = 0;
    self->message = NULL;
    return result;
}

uint64_t cif_tiff_block_offset(cif_tiff *self, uint32_t index) { return TIFFGetStrileOffset(self->tiff, index); }
