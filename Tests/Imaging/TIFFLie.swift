import Imaging
import Testing

/// A TIFF of one lie, and the error that must name it.
struct TIFFLie: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let kind: ImageError.Kind
    let message: String
    var testDescription: String { name }

    static let pixels = (0..<12).map { UInt8($0) }
    static let honest = TIFFBytes(width: 4, height: 3, pixels: pixels)
    static let honestBig = TIFFBytes(width: 4, height: 3, pixels: pixels, isBig: true)

    /// Three rows of 32 pixels of black and white.
    static let bits = TIFFBytes(width: 32, height: 3, pixels: pixels).with(258, 1, type: 3)

    private static func lie(_ name: String, _ kind: ImageError.Kind, _ message: String, _ file: TIFFBytes) -> TIFFLie {
        TIFFLie(name: name, bytes: file.bytes, kind: kind, message: message)
    }

    static let all: [TIFFLie] = [
        lie("2^64 pixels", .limit, "claims", honest.with(256, 0x7FFF_FFFF).with(257, 0x7FFF_FFFF).with(277, 65535, type: 3)),
        lie("width beyond 31 bits", .malformed, "tag 256", honest.with(256, 0xFFFF_FFFF)),
        lie("4 gigapixels", .limit, "limit", honest.with(256, 65536).with(257, 65536)),
        lie("1 gigapixel in 12 bytes", .malformed, "cannot hold", honest.with(256, 32768).with(257, 32768).with(278, 32768)),
        lie(
            "1 gigapixel of Deflate in 12 bytes", .malformed, "cannot hold",
            honest.with(256, 32768).with(257, 32768).with(278, 32768).with(259, 8, type: 3)),
        lie(
            "1 gigapixel of LZW in 12 bytes", .malformed, "cannot hold",
            honest.with(256, 32768).with(257, 32768).with(278, 32768).with(259, 5, type: 3)),
        lie(
            "1 gigapixel of ZSTD in 12 bytes", .malformed, "cannot hold",
            honest.with(256, 32768).with(257, 32768).with(278, 32768).with(259, 50000, type: 3)),
        lie("width 0", .malformed, "tag 256 (ImageWidth) is 0", honest.with(256, 0)),
        lie("height 0", .malformed, "tag 257", honest.with(257, 0)),
        lie("width missing", .malformed, "tag 256", honest.without(256)),
        lie("two widths", .malformed, "has 2 values", honest.with(256, 4, 4)),
        lie("RowsPerStrip 0", .malformed, "tag 278 (RowsPerStrip) is 0", honest.with(278, 0)),
        lie("no samples", .malformed, "tag 277", honest.with(277, 0, type: 3)),
        lie("a strip outside of the file", .malformed, "strip 0", honest.with(273, 100_000)),
        lie("a strip over the end", .malformed, "strip 0", honest.with(279, 100_000)),
        lie("a strip over the header", .malformed, "strip 0", honest.with(273, 4)),
        lie("an empty strip", .malformed, "no bytes", honest.with(279, 0)),
        lie("a short strip", .malformed, "cannot hold", honest.with(279, 11)),
        lie("fewer strips than rows need", .malformed, "expected 3", honest.with(278, 1)),
        lie(
            "strips upon each other", .malformed, "upon each other",
            TIFFBytes(width: 100, height: 3, pixels: [UInt8](repeating: 0, count: 100)).with(278, 1).with(273, 8, 8, 8).with(
                279, 100, 100, 100)),
        lie("too many strips for the file", .malformed, "more than the file can hold", honest.with(257, 1_000_000).with(278, 1)),
        lie("a list of 4 GiB", .malformed, "outside of the file", honest.with(273, type: 4, count: 0x4000_0000, at: 8)),
        lie("a text of 4 GiB", .malformed, "outside of the file", honest.with(270, type: 2, count: 0xFFFF_FFFF, at: 8)),
        lie(
            "a tag twice", .malformed, "twice",
            {
                var file = honest
                file.entries.append(.init(tag: 256, values: [400]))
                return file
            }()),
        lie("a directory that follows itself", .malformed, "loop", honest.followed(by: honest.directory)),
        lie("a next directory outside of the file", .malformed, "page 2", honest.followed(by: 1_000_000)),
        lie("a next directory in the header", .malformed, "page 2", honest.followed(by: 2)),
        lie("a huge tile", .limit, "tile", honest.with(322, 0x7FFF_0000).with(323, 0x7FFF_0000).with(324, 8).with(325, 12)),
        lie(
            "tiles that cost more than the image", .malformed, "cannot hold",
            honest.with(322, 16384).with(323, 16384).with(324, 8).with(325, 12).with(259, 8, type: 3)),
        lie("a tile of width 0", .malformed, "tag 322", honest.with(322, 0).with(323, 16).with(324, 8).with(325, 12)),
        lie("Deflate that is garbage", .malformed, "page 1: strip 0", honest.with(259, 8, type: 3)),
        lie("LZW that is garbage", .malformed, "page 1: strip 0", honest.with(259, 5, type: 3)),
        lie("ZSTD that is garbage", .malformed, "page 1: strip 0", honest.with(259, 50000, type: 3)),
        lie("an unknown compression", .unsupported, "tag 259 (Compression) is 12345", honest.with(259, 12345, type: 3)),
        lie("a float predictor on integers", .malformed, "tag 317", honest.with(259, 8, type: 3).with(317, 3, type: 3)),
        lie("a predictor without compression", .unsupported, "tag 317", honest.with(317, 2, type: 3)),
        lie("floats of 8 bits", .unsupported, "tag 258", honest.with(339, 3, type: 3)),
        lie("bits of more pixels than bytes hold", .malformed, "cannot hold", bits.with(257, 4).with(278, 4)),
        lie("bits that end in the middle of a row", .malformed, "cannot hold", bits.with(256, 33)),
        lie("bits of Deflate that are garbage", .malformed, "page 1: strip 0", bits.with(259, 8, type: 3)),
        lie("signed bits", .unsupported, "tag 258", bits.with(339, 2, type: 3)),
        lie("bits in several samples", .unsupported, "tag 277", bits.with(277, 2, type: 3)),
        lie("bits with a predictor", .unsupported, "tag 317", bits.with(259, 8, type: 3).with(317, 2, type: 3)),
        lie("two bits", .unsupported, "tag 258", bits.with(258, 2, type: 3)),
        lie("reversed bits", .unsupported, "tag 266", honest.with(266, 2, type: 3)),
        lie("a rotated image", .unsupported, "tag 274", honest.with(274, 6, type: 3)),
        lie("a volume in one page", .unsupported, "tag 32997", honest.with(32997, 3)),
        lie("no photometric interpretation", .malformed, "tag 262", honest.without(262)),
        lie("a mask", .unsupported, "tag 254", honest.with(254, 4)),
        lie("only a reduced image", .unsupported, "reduced", honest.with(254, 1)),
        lie("BigTIFF with a list of 2^63", .malformed, "outside of the file", honestBig.with(273, type: 16, count: Int.max, at: 16)),
        lie("BigTIFF with a strip at 2^63", .malformed, "strip 0", honestBig.with(273, Int.max, type: 16)),
        lie("BigTIFF with a strip of 2^63 bytes", .malformed, "strip 0", honestBig.with(279, Int.max, type: 16)),
        lie("BigTIFF with a directory at 2^64", .malformed, "page 2", honestBig.followed(by: -1)),
        TIFFLie(name: "only a header", bytes: [0x49, 0x49, 42, 0, 8, 0, 0, 0], kind: .malformed, message: "page 1"),
        TIFFLie(name: "no directory", bytes: [0x49, 0x49, 42, 0, 0, 0, 0, 0], kind: .malformed, message: "no page"),
        TIFFLie(name: "half a header", bytes: [0x49, 0x49, 42], kind: .malformed, message: "truncated"),
        TIFFLie(name: "another version", bytes: [0x49, 0x49, 44, 0, 8, 0, 0, 0], kind: .malformed, message: "version is 44"),
        TIFFLie(name: "nothing", bytes: [], kind: .malformed, message: "empty"),
        TIFFLie(name: "a JPEG", bytes: [0xFF, 0xD8, 0xFF, 0xE0, 0, 16], kind: .unknownFormat, message: "is a JPEG, neither TIFF"),
        TIFFLie(name: "an npz", bytes: [0x50, 0x4B, 3, 4, 20, 0, 0, 0], kind: .unknownFormat, message: "an .npz holds .npy files"),
        TIFFLie(name: "a text", bytes: Array("Hello, world".utf8), kind: .unknownFormat, message: "48 65 6c 6c"),
    ]
}
