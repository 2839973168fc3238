#include "CImageFormats.h"

#include <blosc.h>
#include <bzlib.h>
#include <limits.h>
#include <lz4.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static int64_t fail(cif_message *message, const char *reason) {
    snprintf(message->text, sizeof message->text, "%s", reason);
    return -1;
}

static int64_t inflate_all(int window_bits, const void *input, size_t count, void *output, size_t capacity, cif_message *message) {
    if (count > UINT_MAX || capacity > UINT_MAX) return fail(message, "more than 4 GiB in one chunk");
    z_stream stream = {0};
    if (inflateInit2(&stream, window_bits) != Z_OK) return fail(message, "out of memory");
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)count;
    stream.next_out = output;
    stream.avail_out = (uInt)capacity;
    int code = inflate(&stream, Z_FINISH);
    size_t written = capacity - stream.avail_out;
    size_t left = stream.avail_in;
    inflateEnd(&stream);
    if (code == Z_BUF_ERROR || (code == Z_OK && left == 0)) return fail(message, "the stream is cut off or larger than the chunk");
    if (code != Z_STREAM_END) return fail(message, "the stream is damaged");
    if (left) return fail(message, "bytes follow the stream's end");
    return (int64_t)written;
}

static int64_t read_lz4(const uint8_t *input, size_t count, void *output, size_t capacity, cif_message *message) {
    if (count < 4) return fail(message, "the LZ4 buffer is too short for its size");
    uint32_t size = input[0] | (uint32_t)input[1] << 8 | (uint32_t)input[2] << 16 | (uint32_t)input[3] << 24;
    if (size > capacity) return fail(message, "the LZ4 buffer is larger than the chunk");
    if (count - 4 > INT_MAX || size > INT_MAX) return fail(message, "more than 2 GiB in one LZ4 buffer");
    int written = LZ4_decompress_safe((const char *)input + 4, output, (int)(count - 4), (int)size);
    return written < 0 || (uint32_t)written != size ? fail(message, "the LZ4 buffer is damaged or not of the size that it states")
                                                    : (int64_t)written;
}

static int64_t read_bz2(const void *input, size_t count, void *output, size_t capacity, cif_message *message) {
    if (count > UINT_MAX || capacity > UINT_MAX) return fail(message, "more than 4 GiB in one chunk");
    bz_stream stream = {0};
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) return fail(message, "out of memory");
    stream.next_in = (char *)input;
    stream.avail_in = (unsigned)count;
    stream.next_out = output;
    stream.avail_out = (unsigned)capacity;
    int code = BZ2_bzDecompress(&stream);
    size_t written = capacity - stream.avail_out, left = stream.avail_in;
    BZ2_bzDecompressEnd(&stream);
    if (code == BZ_OK) return fail(message, "the stream is cut off or larger than the chunk");
    if (code != BZ_STREAM_END) return fail(message, "the stream is damaged");
    return left ? fail(message, "bytes follow the stream's end") : (int64_t)written;
}

int64_t cif_decompress(cif_codec codec, const void *input, size_t count, void *output, size_t capacity, cif_message *message) {
    message->text[0] = 0;
    switch (codec) {
    case CIF_ZSTD: {
        size_t written = ZSTD_decompress(output, capacity, input, count);
        return ZSTD_isError(written) ? fail(message, ZSTD_getErrorName(written)) : (int64_t)written;
    }
    case CIF_GZIP: return inflate_all(15 + 16, input, count, output, capacity, message);
    case CIF_ZLIB: return inflate_all(15, input, count, output, capacity, message);
    case CIF_BLOSC: {
        size_t size = 0;
        // The header's claim is checked before Blosc takes memory for its blocks.
        if (count < BLOSC_MIN_HEADER_LENGTH || blosc_cbuffer_validate(input, count, &size) != 0)
            return fail(message, "this is not a Blosc buffer");
        if (size > capacity) return fail(message, "the buffer is larger than the chunk");
        int written = size == 0 ? 0 : blosc_decompress_ctx(input, output, capacity, 1);
        return written < 0 || (size_t)written != size ? fail(message, "the Blosc buffer is damaged") : (int64_t)written;
    }
    case CIF_LZ4: return read_lz4(input, count, output, capacity, message);
    case CIF_BZ2: return read_bz2(input, count, output, capacity, message);
    }
    return fail(message, "an unknown codec");
}

size_t cif_compress_bound(cif_codec codec, size_t count) {
    switch (codec) {
    case CIF_ZSTD: return ZSTD_compressBound(count);
    case CIF_GZIP:
    case CIF_ZLIB: return compressBound(count) + 64;
    case CIF_BLOSC: return count + BLOSC_MAX_OVERHEAD;
    case CIF_LZ4:
    case CIF_BZ2: break;
    }
    return 0;
}

static int64_t deflate_all(int window_bits, const void *input, size_t count, void *output, size_t capacity) {
    if (count > UINT_MAX || capacity > UINT_MAX) return -1;
    z_stream stream = {0};
    if (deflateInit2(&stream, 5, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) return -1;
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)count;
    stream.next_out = output;
    stream.avail_out = (uInt)capacity;
    int code = deflate(&stream, Z_FINISH);
    size_t written = capacity - stream.avail_out;
    deflateEnd(&stream);
    return code == Z_STREAM_END ? (int64_t)written : -1;
}

int64_t cif_compress(cif_codec codec, size_t element_size, const void *input, size_t count, void *output, size_t capacity) {
    switch (codec) {
    case CIF_ZSTD: {
        size_t written = ZSTD_compress(output, capacity, input, count, 1);
        return ZSTD_isError(written) ? -1 : (int64_t)written;
    }
    case CIF_GZIP: return deflate_all(15 + 16, input, count, output, capacity);
    case CIF_ZLIB: return deflate_all(15, input, count, output, capacity);
    case CIF_BLOSC: {
        int written = blosc_compress_ctx(5, BLOSC_SHUFFLE, element_size, count, input, output, capacity, "zstd", 0, 1);
        return written <= 0 ? -1 : written;
    }
    case CIF_LZ4:
    case CIF_BZ2: break;
    }
    return -1;
}

uint32_t cif_crc32c(const uint8_t *bytes, size_t count) {
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t index = 0; index < count; index++) {
        crc ^= bytes[index];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0x82F63B78u & -(crc & 1));
    }
    return ~crc;
}
