import CImageFormats

/// The finest level of an OME-Zarr image, 0.4 or 0.5, read chunk by chunk. Chunks that are absent hold the fill value.
final class OMEZarrBlocks: ImageBlocks {
    var shape: [Int] { array.shape }
    let axes: [Axis]
    var type: PixelType { array.type.pixelType }
    let geometry: ImageGeometry
    let notes: [String]
    var blockShape: [Int] { array.chunkShape }

    private let array: ZarrArray
    private let grid: BlockGrid
    private var cache: BlockCache
    private var shard: (file: [String], content: Shard?)?

    /// The file of a shard and where its chunks lie.
    private struct Shard {
        let file: ByteFile
        let places: [(offset: UInt64, count: UInt64)]
    }

    init(_ path: String, limits: BlockLimits) throws(ImageError) {
        let folder = try ZarrFolder(path)
        let description = try OMEZarrDescription(folder, limits: limits)
        array = try ZarrArray.read(description.path, in: folder, limits: limits)
        guard array.shape.count == description.axes.count else {
            throw folder.error(.malformed, "the array has the extents \(array.shape) for \(description.axes.count) axes.")
        }
        axes = description.axes
        geometry = description.geometry
        notes = description.notes
        grid = BlockGrid(shape: array.shape, blockShape: array.chunkShape)
        cache = BlockCache(limit: limits.cacheBytes)
        if let shards = array.shards {
            var count = 16
            for (outer, inner) in zip(shards.shape, array.chunkShape) {
                let (product, overflow) = count.multipliedReportingOverflow(by: outer / inner)
                guard !overflow, product <= limits.metadataBytes else {
                    throw folder.error(.limit, "a shard of \(shards.shape) has too many chunks of \(array.chunkShape).")
                }
                count = product
            }
        }
    }

    func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        try check(region)
        var result = [UInt8](repeating: 0, count: region.reduce(type.byteCount) { $0 * $1.count })
        for block in grid.blocks(touching: region) {
            let bytes = try cache.block(grid.index(of: block)) { () throws(ImageError) in try chunk(block) }
            BoxCopy.copy(from: bytes, at: grid.fullBox(of: block), to: &result, at: region, elementSize: type.byteCount)
        }
        return Pixels(littleEndian: result, type)
    }

    private func chunk(_ position: [Int]) throws(ImageError) -> [UInt8] {
        let count = array.chunkShape.reduce(1, *)
        let place = position.map(String.init).joined(separator: "/")
        guard let stored = try stored(position, place: place, limit: 2 * count * array.type.byteCount + 65_536) else {
            if array.fill.allSatisfy({ $0 == 0 }) { return [UInt8](repeating: 0, count: count * array.fill.count) }
            return Array(repeatElement(array.fill, count: count).joined())
        }
        return try array.codecs.decode(stored.bytes, shape: array.chunkShape, array.type, of: stored.file, at: place)
    }

    /// The bytes of a chunk as they lie in the file; `nil` if it is absent.
    private func stored(_ position: [Int], place: String, limit: Int) throws(ImageError) -> (bytes: [UInt8], file: ByteFile)? {
        guard let shards = array.shards else {
            guard let file = try array.folder.file(array.file(ofChunk: position)) else { return nil }
            guard file.size <= limit else {
                throw file.error(.malformed, "the chunk \(place) has \(file.size) bytes; it holds something else.")
            }
            return (try file.bytes(at: 0, count: file.size), file)
        }
        let inside = zip(shards.shape, array.chunkShape).map { $0 / $1 }
        let outer = zip(position, inside).map { $0 / $1 }
        guard let shard = try shard(array.file(ofChunk: outer), shards, chunks: inside.reduce(1, *)) else { return nil }
        let number = zip(position, inside).reduce(0) { $0 * $1.1 + $1.0 % $1.1 }
        let (offset, bytes) = shard.places[number]
        if offset == .max, bytes == .max { return nil }
        guard bytes <= UInt64(limit), offset <= UInt64(shard.file.size) else {
            throw shard.file.error(.malformed, "the chunk \(place) should lie at byte \(offset) of its shard with \(bytes) bytes.")
        }
        return (try shard.file.bytes(at: Int(offset), count: Int(bytes)), shard.file)
    }

    private func shard(_ name: [String], _ shards: ZarrArray.Shards, chunks: Int) throws(ImageError) -> Shard? {
        if let shard, shard.file == name { return shard.content }
        let content = try open(name, shards, chunks: chunks)
        shard = (name, content)
        return content
    }

    private func open(_ name: [String], _ shards: ZarrArray.Shards, chunks: Int) throws(ImageError) -> Shard? {
        guard let file = try array.folder.file(name) else { return nil }
        let count = chunks * 16 + (shards.hasChecksum ? 4 : 0)
        var index = try file.bytes(at: shards.isIndexAtEnd ? file.size - count : 0, count: count)
        if shards.hasChecksum {
            let stated = index.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            index.removeLast(4)
            guard cif_crc32c(index, index.count) == stated else {
                throw file.error(
                    .malformed, "the list of chunks of \(name.joined(separator: "/")) does not have its checksum; it is damaged.")
            }
        }
        func number(_ start: Int) -> UInt64 { index[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        return Shard(file: file, places: (0..<chunks).map { (number(16 * $0), number(16 * $0 + 8)) })
    }
}
