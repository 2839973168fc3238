/// Writes a tiled BigTIFF region by region: uncompressed tiles of 512 x 512, one page for each plane, OME-XML for axes, places
/// and the names of channels.
///
/// Every tile has its place from the start, so that the bytes do not depend on the order of writing. A file that exists is
/// continued if it was begun with the same extents and type.
public final class BigTIFFWriter: RereadableWriter {
    /// The extent of each axis.
    public var shape: [Int] { body.shape }
    /// One tile of one page.
    public var blockShape: [Int] { body.blockShape }

    private let body: BlockFile
    /// The most pages of a file.
    public static let mostPlanes = 65_536
    /// The height and width of a tile.
    public static let tile = 512

    /// Begins a file or continues one.
    ///
    /// - Parameters:
    ///   - axes: `(y, x)` last, before them any of t, c and z.
    ///   - channels: a label for each channel, or none; the windows have no place in OME-XML.
    public init(
        _ path: String, shape: [Int], axes: [Axis], type: PixelType, geometry: ImageGeometry = .init(), channels: [ChannelLabel] = []
    ) throws(ImageError) {
        guard axes.count == shape.count, axes.suffix(2) == [.y, .x], shape.suffix(2).allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
            let names = axes.map(\.rawValue).joined(separator: ", ")
            throw ImageError(.unsuitable, file: path, "the image has axes (\(names)) and extents \(shape); a TIFF needs pages of (y, x).")
        }
        try channels.check(axes: axes, shape: shape, of: path)
        let planes = shape.dropLast(2).reduce(1, *)
        guard planes <= Self.mostPlanes else {
            throw ImageError(.unsuitable, file: path, "the image has \(planes) planes; expected at most \(Self.mostPlanes).")
        }
        let tiles = shape.suffix(2).map { ($0 - 1) / Self.tile + 1 }.reduce(1, *)
        // As every reader of the format finds it on the first page; ends with NUL.
        let description = Array(OMEXML(shape: shape, axes: axes, type: type, geometry: geometry, channels: channels).text.utf8) + [0]
        // Header, then for each page 15 entries with the lists of its tiles, then the tiles on a page of memory.
        let directoryBytes = 8 + 15 * 20 + 8
        let listBytes = tiles == 1 ? 0 : 16 * tiles
        let head = 16 + planes * (directoryBytes + listBytes) + (description.count + 7) / 8 * 8
        body = try BlockFile(
            path, shape: shape, axes: axes, type: type, tile: (Self.tile, Self.tile), start: (head + 4095) / 4096 * 4096)
        var bytes: [UInt8] = [0x49, 0x49, 43, 0, 8, 0, 0, 0] + TIFFWriter.little(UInt64(16))
        for page in 0..<planes {
            let start = 16 + page * (directoryBytes + listBytes)
            bytes += directory(at: start, page: page, isLast: page == planes - 1, description, at: head, directoryBytes, tiles)
        }
        try body.writeHead(bytes + description)
    }

    /// Writes a region.
    public func write(_ pixels: Pixels, to region: [Range<Int>]) throws(ImageError) { try body.write(pixels, to: region) }

    /// The values that lie in a region; 0 where nothing was written.
    public func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels { try body.read(region) }

    private func directory(
        at start: Int, page: Int, isLast: Bool, _ description: [UInt8], at head: Int, _ directoryBytes: Int, _ tiles: Int
    ) -> [UInt8] {
        let format = body.type.isInteger ? (body.type == .int32 ? 2 : 1) : 3
        let descriptionPlace = head - (description.count + 7) / 8 * 8
        let lists = start + directoryBytes
        let offsets = (0..<tiles).map { body.offset(ofTile: page * tiles + $0) }
        let entries: [(tag: TIFFTag, type: UInt16, count: Int, value: Int)] = [
            (.newSubfileType, 4, 1, 0), (.imageWidth, 4, 1, shape[shape.count - 1]), (.imageLength, 4, 1, shape[shape.count - 2]),
            (.bitsPerSample, 3, 1, body.type.byteCount * 8), (.compression, 3, 1, 1), (.photometricInterpretation, 3, 1, 1),
            (.imageDescription, 2, page == 0 ? description.count : 1, page == 0 ? descriptionPlace : 0),
            (.samplesPerPixel, 3, 1, 1), (.planarConfiguration, 3, 1, 1), (.resolutionUnit, 3, 1, 1),
            (.tileWidth, 4, 1, Self.tile), (.tileLength, 4, 1, Self.tile),
            (.tileOffsets, 16, tiles, tiles == 1 ? offsets[0] : lists),
            (.tileByteCounts, 16, tiles, tiles == 1 ? body.tileBytes : lists + 8 * tiles), (.sampleFormat, 3, 1, format),
        ]
        var bytes = TIFFWriter.little(UInt64(entries.count))
        for entry in entries {
            bytes += TIFFWriter.little(entry.tag.rawValue) + TIFFWriter.little(entry.type) + TIFFWriter.little(UInt64(entry.count))
            bytes += TIFFWriter.little(UInt64(entry.value))
        }
        bytes += TIFFWriter.little(UInt64(isLast ? 0 : lists + (tiles == 1 ? 0 : 16 * tiles)))
        if tiles > 1 {
            for offset in offsets { bytes += TIFFWriter.little(UInt64(offset)) }
            for _ in offsets { bytes += TIFFWriter.little(UInt64(body.tileBytes)) }
        }
        return bytes
    }
}
