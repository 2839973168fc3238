#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Pixels in uncompressed tiles at places that follow from their position, in a file of full size from the start.
///
/// Regions are read and written where they lie, in any order, and holes cost no disk space. This is the scratch of streaming and
/// the body of tiled BigTIFF files: planes one after another, tiles of a plane in raster order, little endian, full tiles at the ends.
public final class BlockFile: ImageBlocks, RereadableWriter {
    /// The extent of each axis, slowest first; the last two make the planes.
    public let shape: [Int]
    /// The name of each axis.
    public let axes: [Axis]
    /// The type of the pixels.
    public let type: PixelType
    /// Tiles know nothing of places.
    public let geometry = ImageGeometry()
    /// One tile of one plane.
    public let blockShape: [Int]

    private let grid: BlockGrid
    private let descriptor: Int32
    private let start: Int
    private let name: String

    /// Opens a file for reading and writing, or makes it; pixels that were never written are 0.
    ///
    /// - Parameters:
    ///   - tile: the extents of a tile, `(y, x)`.
    ///   - start: where the first tile lies in the file.
    public init(
        _ path: String, shape: [Int], axes: [Axis], type: PixelType, tile: (height: Int, width: Int), start: Int = 0
    ) throws(ImageError) {
        guard shape.count >= 2, shape.count == axes.count, shape.allSatisfy({ $0 > 0 }) else {
            throw ImageError(.unsuitable, file: path, "the image has the extents \(shape); expected planes of (y, x).")
        }
        self.shape = shape
        self.axes = axes
        self.type = type
        self.start = start
        name = path
        blockShape = shape.dropLast(2).map { _ in 1 } + [tile.height, tile.width]
        grid = BlockGrid(shape: shape, blockShape: blockShape)
        var size = tile.height * tile.width * type.byteCount
        for count in grid.counts {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard !overflow, product < 1 << 60 else {
                throw ImageError(.unsuitable, file: path, "the image of \(shape) \(type.rawValue) is too large for a file.")
            }
            size = product
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0, ftruncate(descriptor, off_t(start + size)) == 0 else {
            throw ImageError(.unwritable, file: path, "the file cannot be made: \(String(cString: strerror(errno))).")
        }
    }

    deinit { close(descriptor) }

    /// The pixels of a region.
    public func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        try check(region)
        var result = [UInt8](repeating: 0, count: region.reduce(type.byteCount) { $0 * $1.count })
        try forEachRow(of: region) { (offset, place, count) throws(ImageError) in
            let got = result.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + place }, count, off_t(offset))
            }
            guard got == count else { throw ImageError(.unreadable, file: name, "the file could not be read at byte \(offset).") }
        }
        return Pixels(littleEndian: result, type)
    }

    /// Writes a region.
    public func write(_ pixels: Pixels, to region: [Range<Int>]) throws(ImageError) {
        try check(region)
        guard pixels.type == type, pixels.count == region.reduce(1, { $0 * $1.count }) else {
            throw ImageError(
                .unsuitable, file: name, "\(pixels.count) values of \(pixels.type.rawValue) are given for the region \(region).")
        }
        let bytes = pixels.littleEndianBytes(0..<pixels.count)
        try forEachRow(of: region) { (offset, place, count) throws(ImageError) in
            try put(bytes, place..<place + count, at: offset)
        }
    }

    /// Puts bytes in front of the tiles, such as a header.
    func writeHead(_ bytes: [UInt8]) throws(ImageError) { try put(bytes, 0..<bytes.count, at: 0) }

    /// Where a tile begins in the file, by its number over all planes.
    func offset(ofTile index: Int) -> Int { start + index * tileBytes }

    /// The number of tiles of one plane.
    var tilesInPlane: Int { grid.counts.suffix(2).reduce(1, *) }

    /// Bytes of one tile.
    var tileBytes: Int { blockShape.reduce(type.byteCount, *) }

    private func put(_ bytes: [UInt8], _ range: Range<Int>, at offset: Int) throws(ImageError) {
        let written = bytes.withUnsafeBytes { buffer in
            pwrite(descriptor, buffer.baseAddress.map { $0 + range.lowerBound }, range.count, off_t(offset))
        }
        guard written == range.count else {
            throw ImageError(.unwritable, file: name, "writing failed: \(String(cString: strerror(errno))).")
        }
    }

    /// Visits the rows of a region tile by tile: where they lie in the file, in the region's bytes, and how many bytes they are.
    private func forEachRow(
        of region: [Range<Int>], _ visit: (_ offset: Int, _ place: Int, _ count: Int) throws(ImageError) -> Void
    ) throws(ImageError) {
        let (rows, columns) = (region[region.count - 2], region[region.count - 1])
        for block in grid.blocks(touching: region) {
            guard let shared = Region.shared(grid.box(of: block), region) else { continue }
            let (sharedRows, sharedColumns) = (shared[shared.count - 2], shared[shared.count - 1])
            let plane = zip(block.dropLast(2), region).reduce(0) { $0 * $1.1.count + $1.0 - $1.1.lowerBound }
            let tile = offset(ofTile: grid.index(of: block))
            for y in sharedRows {
                let inTile =
                    (y % blockShape[blockShape.count - 2] * blockShape[blockShape.count - 1]
                        + sharedColumns.lowerBound % blockShape[blockShape.count - 1])
                let inRegion = (plane * rows.count + y - rows.lowerBound) * columns.count + sharedColumns.lowerBound - columns.lowerBound
                try visit(tile + inTile * type.byteCount, inRegion * type.byteCount, sharedColumns.count * type.byteCount)
            }
        }
    }
}
