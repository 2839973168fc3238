import Testing

/// A PNG of one lie, and what the error must say.
struct PNGLie: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let message: String
    var testDescription: String { name }

    init(_ name: String, _ message: String, _ chunks: [UInt8]) {
        self.name = name
        self.message = message
        bytes = chunks
    }

    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// Three rows of four gray pixels 1 to 12, each row with filter 0, as a stored Deflate block.
    static let data = deflateStored([0, 1, 2, 3, 4, 0, 5, 6, 7, 8, 0, 9, 10, 11, 12])

    static func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    static func deflateStored(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt16(bytes.count)
        let lengths = [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
        var a: UInt32 = 1
        var b: UInt32 = 0
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return [0x78, 0x01, 0x01] + lengths + bytes + big(Int(b << 16 | a))
    }

    static func chunk(_ name: String, _ content: [UInt8], length: Int? = nil, crc: UInt32? = nil) -> [UInt8] {
        big(length ?? content.count) + Array(name.utf8) + content + big(Int(crc ?? CRC32.of(Array(name.utf8) + content)))
    }

    static func header(width: Int = 4, height: Int = 3, depth: UInt8 = 8, color: UInt8 = 0, method: UInt8 = 0) -> [UInt8] {
        chunk("IHDR", big(width) + big(height) + [depth, color, method, 0, 0])
    }

    static let pixels = chunk("IDAT", data)
    static let end = chunk("IEND", [])

    static let all: [PNGLie] = [
        PNGLie("2^62 pixels", "limit", signature + header(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF) + pixels + end),
        PNGLie("2^32 rows", "IHDR", signature + header(height: 0xFFFF_FFFF) + pixels + end),
        PNGLie("a gigapixel in few bytes", "cannot hold", signature + header(width: 32768, height: 32768) + pixels + end),
        PNGLie("width 0", "IHDR", signature + header(width: 0) + pixels + end),
        PNGLie("colour type 5", "colour type 5", signature + header(color: 5) + pixels + end),
        PNGLie("RGB of 4 bits", "depth 4", signature + header(depth: 4, color: 2) + pixels + end),
        PNGLie("an unknown method", "methods 1", signature + header(method: 1) + pixels + end),
        PNGLie("more rows than data", "libpng", signature + header(height: 4) + pixels + end),
        PNGLie("more data than rows", "libpng", signature + header(height: 2) + pixels + end),
        PNGLie(
            "something behind the pixels", "something else",
            signature + header() + pixels + chunk("IDAT", [UInt8](repeating: 0, count: 2000)) + end),
        PNGLie("a damaged header", "CRC", signature + chunk("IHDR", big(4) + big(3) + [8, 0, 0, 0, 0], crc: 1) + pixels + end),
        PNGLie("damaged pixels", "libpng", signature + header() + chunk("IDAT", data, crc: 1) + end),
        PNGLie("damaged metadata", "CRC", signature + header() + chunk("tEXt", [65, 0, 66], crc: 1) + pixels + end),
        PNGLie(
            "a chunk longer than the file", "more than the file has",
            signature + header() + chunk("tEXt", [65], length: 0x7FFF_FFFF) + pixels + end),
        PNGLie("a chunk of 4 GiB", "more than the file has", signature + header() + chunk("IDAT", data, length: 0xFFFF_FFFF)),
        PNGLie("no end", "IEND", signature + header() + pixels),
        PNGLie("no header", "IHDR", signature + pixels + end),
        PNGLie("two headers", "IHDR", signature + header() + header() + pixels + end),
        PNGLie("no pixels", "cannot hold", signature + header(width: 2000) + end),
        PNGLie("an unknown critical chunk", "XxXx", signature + header() + chunk("XxXx", []) + pixels + end),
        PNGLie("a palette image without palette", "PLTE", signature + header(color: 3) + pixels + end),
        PNGLie("transparency behind the pixels", "tRNS", signature + header() + pixels + chunk("tRNS", [0, 1]) + end),
        PNGLie("a crooked pHYs", "pHYs", signature + header() + chunk("pHYs", [1]) + pixels + end),
        PNGLie("only a signature", "IEND", signature),
    ]
}
