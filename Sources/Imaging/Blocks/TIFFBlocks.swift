import CImageFormats

/// A TIFF, BigTIFF or OME-TIFF that is read strip by strip or tile by tile.
///
/// The structure is checked as a whole before any pixel is decoded, as in `TIFFReader`. Uncompressed pages are read row by row
/// without decoding whole strips, since some writers put a page into a single one.
final class TIFFBlocks: ImageBlocks {
    let shape: [Int]
    let axes: [Axis]
    let type: PixelType
    let geometry: ImageGeometry
    let blockShape: [Int]
    let notes: [String]

    private let reader: TIFFReader
    private let tiff: OpaquePointer
    private let grid: BlockGrid
    private var cache: BlockCache
    private var selected: Int?
    private var message = cif_message()

    /// - Parameters:
    ///   - limits: bounds for blocks, not for the image.
    ///   - named: what several pages count, where the file does not say it.
    init(_ file: ByteFile, limits: BlockLimits, pages named: Axis? = nil) throws(ImageError) {
        reader = try TIFFReader(
            file, limits: ImageLimits(pixelBytes: 1 << 50, pages: limits.pages, metadataBytes: limits.metadataBytes), pages: named)
        let page = reader.page
        (shape, axes, type) = (reader.header.shape, reader.header.axes, reader.header.type)
        geometry = reader.stack.geometry.along(axes)
        notes =
            reader.pages.contains { $0.page.bits == .whiteIsZero }
            ? [
                "the image's single bits are stored with 0 for white (WhiteIsZero): white was read as 1, so that stored bits are turned over"
            ] : []
        guard reader.pages.allSatisfy({ $0.page.layoutMatches(page) }) else {
            throw file.error(.unsupported, "the pages are stored in different ways; expected one block size and compression for all.")
        }
        let size = page.hasPlainRows ? (min(page.height, 256), min(page.width, 1024)) : (page.blockHeight, page.blockWidth)
        let inPage = page.samples == 1 ? [size.0, size.1] : page.isPlanar ? [1, size.0, size.1] : [size.0, size.1, page.samples]
        blockShape = reader.stack.shape.map { _ in 1 } + inPage
        grid = BlockGrid(shape: shape, blockShape: blockShape)
        let (bytes, overflow) = blockShape.reduce(1, *).multipliedReportingOverflow(by: max(page.type.byteCount, type.byteCount))
        guard !overflow, bytes <= limits.blockBytes else {
            throw file.error(
                .limit,
                "a \(page.isTiled ? "tile" : "strip") of \(page.blockWidth) x \(page.blockHeight) pixels is above the limit of \(limits.blockBytes) bytes. Store the image in smaller tiles."
            )
        }
        cache = BlockCache(limit: limits.cacheBytes)
        guard let tiff = cif_tiff_open(file.descriptor, UInt64(file.size), Int64(max(file.size, limits.blockBytes * 8)) + 1 << 20, &message)
        else { throw file.error(.malformed, "libtiff: \(TIFFReader.text(message)).") }
        self.tiff = tiff
    }

    deinit { cif_tiff_close(tiff) }

    func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        try check(region)
        var result = [UInt8](repeating: 0, count: region.reduce(type.byteCount) { $0 * $1.count })
        if reader.page.hasPlainRows {
            try readRows(region, into: &result)
        } else {
            for block in grid.blocks(touching: region) {
                let bytes = try cache.block(grid.index(of: block)) { () throws(ImageError) in try decode(block) }
                // Tiles are stored whole, the last strip is not.
                let box = reader.page.isTiled ? grid.fullBox(of: block) : grid.box(of: block)
                BoxCopy.copy(from: bytes, at: box, to: &result, at: region, elementSize: type.byteCount)
            }
        }
        return Pixels(littleEndian: result, type)
    }

    private func decode(_ block: [Int]) throws(ImageError) -> [UInt8] {
        let page = reader.page
        try select(plane: planeIndex(block))
        let place = Array(block.dropFirst(reader.stack.shape.count))
        let number = page.isPlanar ? zip(place, grid.counts.suffix(3)).reduce(0) { $0 * $1.1 + $1.0 } : place[0] * across + place[1]
        let box = page.isTiled ? grid.fullBox(of: block) : grid.box(of: block)
        var bytes = [UInt8](repeating: 0, count: box.reduce(page.type.byteCount) { $0 * $1.count })
        var layout = page.layout
        let code = bytes.withUnsafeMutableBytes {
            cif_tiff_read_block(tiff, UInt32(number), &layout, $0.baseAddress, $0.count, &message)
        }
        guard code == 0 else { throw reader.file.error(.malformed, TIFFReader.text(message) + ".") }
        return try StoredBytes.widened(bytes, page.type, isBigEndian: false, of: reader.file)
    }

    /// Blocks side by side in one plane.
    private var across: Int { (reader.page.width - 1) / reader.page.blockWidth + 1 }
    private var down: Int { (reader.page.height - 1) / reader.page.blockHeight + 1 }

    /// The place of a block's page in the order of the stack.
    private func planeIndex(_ block: [Int]) -> Int { zip(block, reader.stack.shape).reduce(0) { $0 * $1.1 + $1.0 } }

    private func select(plane: Int) throws(ImageError) {
        guard selected != plane else { return }
        let page = reader.pages[reader.stack.pages[plane]]
        var layout = page.page.layout
        guard cif_tiff_select_page(tiff, UInt64(page.directory), &layout, &message) == 0 else {
            throw reader.file.error(.malformed, "page \(page.number): \(TIFFReader.text(message)).")
        }
        selected = plane
    }

    /// Reads the bytes of uncompressed rows where they lie.
    private func readRows(_ region: [Range<Int>], into result: inout [UInt8]) throws(ImageError) {
        let page = reader.page
        let leading = reader.stack.shape.count
        let pixelBytes = (page.isPlanar ? 1 : page.samples) * page.type.byteCount
        let inPage = Array(region.dropFirst(leading))
        let (rows, columns) = page.isPlanar ? (inPage[1], inPage[2]) : (inPage[0], inPage[1])
        for plane in Region.positions(region.prefix(leading) + (page.isPlanar ? [inPage[0]] : [])) {
            try select(plane: planeIndex(Array(plane.prefix(leading))))
            let first = page.isPlanar ? plane[leading] * across * down : 0
            for y in rows {
                var x = columns.lowerBound
                while x < columns.upperBound {
                    let end = min(columns.upperBound, (x / page.blockWidth + 1) * page.blockWidth)
                    let block = first + y / page.blockHeight * across + x / page.blockWidth
                    let inBlock = (y % page.blockHeight * page.blockWidth + x % page.blockWidth) * pixelBytes
                    let offset = Int(clamping: cif_tiff_block_offset(tiff, UInt32(block)))
                    let raw = try reader.file.bytes(at: offset &+ inBlock, count: (end - x) * pixelBytes)
                    let bytes = try StoredBytes.widened(raw, page.type, isBigEndian: reader.isBigEndian, of: reader.file)
                    let place = plane.map { $0..<$0 + 1 } + [y..<y + 1, x..<end]
                    let box = page.isPlanar || page.samples == 1 ? place : place + [0..<page.samples]
                    BoxCopy.copy(from: bytes, at: box, to: &result, at: region, elementSize: type.byteCount)
                    x = end
                }
            }
        }
    }
}

extension TIFFPage {
    /// Whether pixels can be read where they lie.
    fileprivate var hasPlainRows: Bool { compression == .none && bits == nil }

    /// Whether two pages are stored in the same way.
    fileprivate func layoutMatches(_ other: TIFFPage) -> Bool {
        hasPlainRows == other.hasPlainRows && isTiled == other.isTiled && blockWidth == other.blockWidth
            && blockHeight == other.blockHeight
    }
}

extension Region {
    /// The places in a box, in C order; one empty place for a box without axes.
    static func positions(_ box: some Sequence<Range<Int>>) -> [[Int]] {
        box.reduce([[]]) { places, range in places.flatMap { place in range.map { place + [$0] } } }
    }
}
