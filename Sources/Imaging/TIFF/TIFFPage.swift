/// One page as far as its pixels are concerned: everything that is needed to decode it, checked against the file and the limits.
struct TIFFPage: Equatable {
    let width: Int
    let height: Int
    let samples: Int
    let type: StoredType
    /// What a single bit stands for; `nil` for values of whole bytes.
    let bits: Bits?
    let compression: TIFFCompression
    /// Samples lie in planes of their own.
    let isPlanar: Bool
    let isTiled: Bool
    let blockWidth: Int
    let blockHeight: Int

    /// Pages of black and white. They are read as 1 for white and 0 for black, whichever bit stands for it.
    enum Bits {
        case blackIsZero, whiteIsZero
    }

    /// The bytes of so many values of a row as they are stored before compression; a row of bits ends with a whole byte.
    func rowBytes(_ values: Int) -> Int { bits == nil ? values * type.byteCount : (values + 7) / 8 }

    /// Axes and extents of the page alone.
    var axes: [Axis] { samples == 1 ? [.y, .x] : isPlanar ? [.channel, .y, .x] : [.y, .x, .channel] }
    var shape: [Int] { samples == 1 ? [height, width] : isPlanar ? [samples, height, width] : [height, width, samples] }
    var values: Int { width * height * samples }

    /// Whether two pages can be planes of one image; how they are stored may differ.
    func matches(_ other: TIFFPage) -> Bool { shape == other.shape && axes == other.axes && type == other.type }

    /// What one page holds in the file.
    struct Stored {
        let page: TIFFPage
        /// Bytes of all its strips or tiles.
        let bytes: Int
    }

    /// Reads and checks one page.
    ///
    /// - Parameter number: the page's number in messages, from 1.
    static func check(_ directory: TIFFDirectory, number: Int, in structure: TIFFStructure, limits: ImageLimits) throws(ImageError)
        -> Stored
    {
        try TIFFPageCheck(directory: directory, number: number, structure: structure, limits: limits).run()
    }
}

/// The compressions that are read; raw value is the value of tag 259.
enum TIFFCompression: Int {
    case none = 1
    case lzw = 5
    case deflate = 8
    case packBits = 32773
    case oldDeflate = 32946
    case zstd = 50000

    /// The most bytes that one stored byte can stand for.
    var largestRatio: Int {
        switch self {
        case .none: 1
        // A code of 12 bits stands for at most 4096 bytes.
        case .lzw: 2731
        case .deflate, .oldDeflate: 1032
        // Two bytes stand for up to 128.
        case .packBits: 64
        // A block of 4 bytes repeats one byte 128 Ki times.
        case .zstd: 32768
        }
    }

    var hasPredictor: Bool { self != .none && self != .packBits }
}
