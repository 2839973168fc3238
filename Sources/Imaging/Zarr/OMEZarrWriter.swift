import CImageFormats
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes an OME-Zarr image of one level region by region: chunks of 512 x 512, zstd; chunks of zeros alone are left out.
///
/// A chunk that a region covers in part is read, changed and put in place at once, so that regions may come in any order and again.
public final class OMEZarrWriter: RereadableWriter {
    /// The version of the format.
    public enum Version: String, Sendable, CaseIterable {
        /// On Zarr 2.
        case v04 = "0.4"
        /// On Zarr 3.
        case v05 = "0.5"
    }

    /// The extent of each axis.
    public let shape: [Int]
    /// One chunk.
    public let blockShape: [Int]
    /// Chunks are compressed.
    public let changesWholeBlocks = true

    private let path: String
    private let type: PixelType
    private let grid: BlockGrid
    private let codecs = ZarrCodecs(steps: [.zstd])
    private let prefix: String
    private let folder: ZarrFolder

    /// Begins an image or continues one that was begun in the same way and that nobody else is writing; what a killed writer left half
    /// written is removed.
    ///
    /// - Parameters:
    ///   - path: the folder of the image, which is made.
    ///   - axes: in the order t, c, z, y, x.
    ///   - channels: a label for each channel, or none.
    ///   - isLabel: whether values are object ids.
    public init(
        _ path: String, shape: [Int], axes: [Axis], type: PixelType, geometry: ImageGeometry = .init(), channels: [ChannelLabel] = [],
        isLabel: Bool = false, version: Version = .v05
    ) throws(ImageError) {
        let order = Axis.allCases.filter(axes.contains)
        guard axes == order, axes.suffix(2) == [.y, .x], axes.count == shape.count, shape.allSatisfy({ $0 > 0 }) else {
            let names = axes.map(\.rawValue).joined(separator: ", ")
            throw ImageError(
                .unsuitable, file: path, "the image has axes (\(names)) and extents \(shape); OME-Zarr needs t, c, z, y, x in this order.")
        }
        try channels.check(axes: axes, shape: shape, of: path)
        self.path = path
        self.shape = shape
        self.type = type
        blockShape = zip(axes, shape).map { $0 == .y || $0 == .x ? min(512, $1) : 1 }
        grid = BlockGrid(shape: shape, blockShape: blockShape)
        prefix = version == .v05 ? "0/c/" : "0/"
        // Of a writer that was killed; an image has one writer.
        AtomicFile.removeLeftovers(below: path)
        try OMEZarrWriter.makeFolder("", in: path)
        try OMEZarrWriter.makeFolder("0", in: path)
        let metadata = OMEZarrMetadata(
            shape: shape, chunks: blockShape, axes: axes, type: type, geometry: geometry, channels: channels, isLabel: isLabel,
            version: version)
        for (name, json) in metadata.files { try OMEZarrWriter.write(json, to: name, in: path) }
        folder = try ZarrFolder(path)
    }

    /// Writes a region.
    public func write(_ pixels: Pixels, to region: [Range<Int>]) throws(ImageError) {
        try Region.check(region, in: shape)
        guard pixels.type == type, pixels.count == region.reduce(1, { $0 * $1.count }) else {
            throw ImageError(
                .unsuitable, file: path, "\(pixels.count) values of \(pixels.type.rawValue) are given for the region \(region).")
        }
        let bytes = pixels.littleEndianBytes(0..<pixels.count)
        for block in grid.blocks(touching: region) {
            let box = grid.fullBox(of: block)
            let isWhole = Region.shared(grid.box(of: block), region) == grid.box(of: block)
            let names = names(of: block)
            var chunk = isWhole ? nil : try stored(names)
            if chunk == nil { chunk = [UInt8](repeating: 0, count: blockShape.reduce(type.byteCount, *)) }
            guard var chunk else { continue }
            BoxCopy.copy(from: bytes, at: region, to: &chunk, at: box, elementSize: type.byteCount)
            try put(chunk, names)
        }
    }

    /// The values that lie in a region; 0 where no chunk lies.
    public func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        try Region.check(region, in: shape)
        var result = [UInt8](repeating: 0, count: region.reduce(type.byteCount) { $0 * $1.count })
        for block in grid.blocks(touching: region) {
            guard let chunk = try stored(names(of: block)) else { continue }
            BoxCopy.copy(from: chunk, at: grid.fullBox(of: block), to: &result, at: region, elementSize: type.byteCount)
        }
        return Pixels(littleEndian: result, type)
    }

    /// The folders and the file of a chunk.
    private func names(of block: [Int]) -> [String] {
        (prefix + block.map(String.init).joined(separator: "/")).split(separator: "/").map(String.init)
    }

    private func stored(_ names: [String]) throws(ImageError) -> [UInt8]? {
        guard let file = try folder.file(names), let stored = StoredType(rawValue: type.rawValue) else { return nil }
        return try codecs.decode(
            try file.bytes(at: 0, count: file.size), shape: blockShape, stored, of: file, at: names.joined(separator: "/"))
    }

    private func put(_ chunk: [UInt8], _ names: [String]) throws(ImageError) {
        let target = path + "/" + names.joined(separator: "/")
        guard chunk.contains(where: { $0 != 0 }) else {
            unlink(target)
            return
        }
        for depth in 1..<names.count { try OMEZarrWriter.makeFolder(names.prefix(depth).joined(separator: "/"), in: path) }
        try OMEZarrWriter.make(names.joined(separator: "/"), in: path, try codecs.encode(chunk, elementSize: type.byteCount))
    }

    private static func makeFolder(_ name: String, in image: String) throws(ImageError) {
        guard mkdir(image + "/" + name, 0o777) == 0 || errno == EEXIST else {
            let reason = String(cString: strerror(errno))
            throw ImageError(.unwritable, file: image, "the folder \(name.isEmpty ? "" : "\(name) ")cannot be made: \(reason).")
        }
    }

    /// Makes a file; an error names the image, of which the file's own name says little.
    private static func make(_ name: String, in image: String, _ bytes: [UInt8]) throws(ImageError) {
        do throws(ImageError) {
            try AtomicFile.make(image + "/" + name) { (file) throws(ImageError) in try file.append(bytes) }
        } catch { throw ImageError(error.kind, file: image, "\(name): \(error.message)") }
    }

    private static func write(_ json: JSONValue, to name: String, in image: String) throws(ImageError) {
        let bytes: [UInt8]
        do { bytes = try json.canonicalBytes() } catch { throw ImageError(.unwritable, file: image, "\(name): \(error)") }
        try make(name, in: image, bytes + [0x0A])
    }
}
