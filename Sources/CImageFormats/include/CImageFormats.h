#ifndef CONCOURS_CIMAGEFORMATS_H
#define CONCOURS_CIMAGEFORMATS_H

#include <stddef.h>
#include <stdint.h>

// Thin C over libtiff and libpng. What Swift cannot express stays here: variable arguments (libtiff) and longjmp (libpng).
// No function keeps global state; each may run on many threads at once. Nothing is printed: messages come back in `cif_message`.
// Callers check sizes against their limits first; what is checked again here only guards memory.

#define CIF_MESSAGE_LENGTH 240

/// The first error that a library reported, as UTF-8 or at least ASCII text ending with NUL; empty if there was none.
typedef struct {
    char text[CIF_MESSAGE_LENGTH];
} cif_message;

/// How the samples of one TIFF page lie in the file, as the caller's own parser found it.
/// The page is decoded only if libtiff understands the directory in the same way.
typedef struct {
    uint32_t width, height;
    uint16_t samples, bits, compression;
    /// Of a page of single bits: 0 stands for white. Its pixels come as bytes, 1 for white and 0 for black.
    int white_is_zero;
    /// Samples lie in planes of their own (PlanarConfiguration 2, more than one sample).
    int separate;
    int tiled;
    /// Tile extent in pixels, or the page's width and the rows of one strip (not more than the height).
    uint32_t block_width, block_height;
} cif_tiff_layout;

typedef struct cif_tiff cif_tiff;

/// Opens a TIFF that lies in the first `size` bytes of an open file; `NULL` and a message on failure. The descriptor stays the caller's.
/// libtiff refuses single allocations above `largest_allocation` bytes.
cif_tiff *cif_tiff_open(int descriptor, uint64_t size, int64_t largest_allocation, cif_message *message);
void cif_tiff_close(cif_tiff *tiff);

/// Decodes the page whose directory lies at `directory` into `pixels`: rows of chunky samples, or one plane after another if separate.
/// Samples come in the machine's byte order. `count` must be exactly the page's size in bytes. Returns 0, or -1 and a message.
int cif_tiff_read_page(
    cif_tiff *tiff, uint64_t directory, const cif_tiff_layout *layout, void *pixels, size_t count, cif_message *message);

/// Goes to the page whose directory lies at `directory`, whose blocks the next calls read. Returns 0, or -1 and a message.
int cif_tiff_select_page(cif_tiff *tiff, uint64_t directory, const cif_tiff_layout *layout, cif_message *message);

/// Decodes one strip or tile of the selected page. `count` must be exactly its size in bytes. Samples come in the machine's byte order.
int cif_tiff_read_block(cif_tiff *tiff, uint32_t index, const cif_tiff_layout *layout, void *pixels, size_t count, cif_message *message);

/// Where one strip or tile of the selected page begins in the file.
uint64_t cif_tiff_block_offset(cif_tiff *tiff, uint32_t index);

/// The number of bytes that `cif_lzw_encode` may need for `count` bytes.
size_t cif_lzw_bound(size_t count);

/// TIFF's variant of LZW (most significant bit first, early change of the code width). Returns the number of bytes written to
/// `output`, which holds at least `cif_lzw_bound(count)`; 0 if memory ran out.
size_t cif_lzw_encode(const uint8_t *input, size_t count, uint8_t *output);

/// Part of a file.
typedef struct {
    uint64_t offset, count;
} cif_range;

/// The form in which `cif_png_read` returns pixels.
typedef struct {
    uint32_t width, height;
    /// 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA; palettes are expanded, transparency becomes alpha.
    uint16_t samples;
    /// 8 or 16; gray of 1, 2 or 4 bits comes as 8 bits with the values as stored.
    uint16_t bits;
    /// The file holds indices into a palette (reading only).
    int is_palette;
} cif_png_layout;

/// Decodes a PNG. libpng sees only the bytes in `ranges`, one after another, so that the caller decides which chunks it meets.
/// Rows come without padding, 16-bit samples in the machine's byte order. `count` must be exactly the image's size in bytes.
/// Returns 0, or -1 and a message; what libpng only warns of (too much image data, palette index out of range) is an error too.
int cif_png_read(
    int descriptor, const cif_range *ranges, size_t range_count, const cif_png_layout *layout, void *pixels, size_t count,
    cif_message *message);

/// Writes a PNG to an open file. Pixels as `cif_png_read` returns them. `is_label` chooses filters that suit areas of equal values.
/// `pixels_per_metre` is for x and y; 0 leaves the pHYs chunk out. Returns 0, or -1 and a message.
int cif_png_write(
    int descriptor, const cif_png_layout *layout, const void *pixels, int is_label, const uint32_t pixels_per_metre[2],
    cif_message *message);

/// How the bytes of a Zarr chunk are compressed.
typedef enum {
    CIF_ZSTD,
    CIF_GZIP,
    CIF_ZLIB,
    CIF_BLOSC,
    /// The size in four bytes, little endian, then one LZ4 block, as numcodecs writes it; only decompressed.
    CIF_LZ4,
    /// Only decompressed.
    CIF_BZ2
} cif_codec;

/// Decompresses `count` bytes into `output`, which has room for `capacity`. Returns the number of bytes written, or -1 and a message;
/// input that is left over or does not fit the room is an error.
int64_t cif_decompress(cif_codec codec, const void *input, size_t count, void *output, size_t capacity, cif_message *message);

/// The number of bytes that `cif_compress` may need for `count` bytes.
size_t cif_compress_bound(cif_codec codec, size_t count);

/// Compresses at a fixed, moderate level; `element_size` is for Blosc's shuffle. The same bytes always give the same bytes. Returns the
/// number of bytes written to `output`, which has room for `capacity`, or -1.
int64_t cif_compress(cif_codec codec, size_t element_size, const void *input, size_t count, void *output, size_t capacity);

/// CRC-32C (Castagnoli), as Zarr's `crc32c` codec uses it.
uint32_t cif_crc32c(const uint8_t *bytes, size_t count);

/// CRC-32 as PNG uses it, continued from `crc` (0 at the start).
uint32_t cif_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
