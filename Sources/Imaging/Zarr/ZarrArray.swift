/// One array of a Zarr hierarchy as its metadata describes it, format 2 or 3.
struct ZarrArray {
    /// Chunks inside the file of a larger one.
    struct Shards {
        /// The extents of a file's chunk.
        let shape: [Int]
        /// Whether the list of chunks lies at the end of the file.
        let isIndexAtEnd: Bool
        /// Whether the list is followed by a checksum.
        let hasChecksum: Bool
    }

    /// The extents of the array.
    let shape: [Int]
    /// The extents of the chunks that are decoded at once.
    let chunkShape: [Int]
    let type: StoredType
    /// One value as it is returned, little endian: what absent chunks hold.
    let fill: [UInt8]
    let codecs: ZarrCodecs
    let shards: Shards?
    /// Names in front of a chunk's position, such as `c`.
    let prefix: [String]
    /// What stands between the numbers of a chunk's position.
    let separator: String
    let folder: ZarrFolder
    /// Where the array lies in the hierarchy.
    let path: [String]

    /// The names on the way to the file of a chunk.
    func file(ofChunk position: [Int]) -> [String] {
        let numbers = position.map(String.init)
        if separator == "/" { return path + prefix + numbers }
        return path + [(prefix + numbers).joined(separator: separator)]
    }

    /// The most dimensions that are read: those of OME-Zarr.
    static let mostAxes = 5

    /// Reads the metadata of the array at a path.
    static func read(_ path: [String], in folder: ZarrFolder, limits: BlockLimits) throws(ImageError) -> ZarrArray {
        let array: ZarrArray
        if let json = try folder.json(path + ["zarr.json"], limit: limits.metadataBytes) {
            array = try ZarrArray(version3: json, path, folder)
        } else if let json = try folder.json(path + [".zarray"], limit: limits.metadataBytes) {
            array = try ZarrArray(version2: json, path, folder)
        } else {
            throw folder.error(.malformed, "there is neither zarr.json nor .zarray in \(path.joined(separator: "/")).")
        }
        var bytes = max(array.type.byteCount, array.type.pixelType.byteCount)
        for extent in array.chunkShape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= limits.blockBytes else {
                throw folder.error(.limit, "a chunk has the extents \(array.chunkShape); the limit is \(limits.blockBytes) bytes.")
            }
            bytes = product
        }
        var values = 1
        for extent in array.shape {
            let (product, overflow) = values.multipliedReportingOverflow(by: extent)
            guard !overflow, product < 1 << 50 else { throw folder.error(.limit, "the array claims the extents \(array.shape).") }
            values = product
        }
        return array
    }

    static let extents = 1...(1 << 40)

    static func checkedShape(_ json: ZarrJSON) throws(ImageError) -> [Int] {
        let shape = try json.integers(in: extents)
        guard (1...mostAxes).contains(shape.count) else { throw json.wrong("1 to \(mostAxes) extents") }
        return shape
    }

    static func checkedChunks(_ json: ZarrJSON, axes: Int) throws(ImageError) -> [Int] {
        let chunks = try json.integers(in: extents)
        guard chunks.count == axes else { throw json.wrong("\(axes) extents, one for each axis") }
        return chunks
    }
}
