import Imaging
import Records

/// What makes two image files the same: their bytes, or their pixels whatever the format.
struct FileFingerprint: Equatable {
    /// SHA-256 of the file.
    let file: Digest
    /// SHA-256 of shape and values; whole numbers of different widths compare by value.
    let pixels: Digest

    /// Reads and decodes a file.
    init(path: String) throws(ImageError) {
        try self.init(path: path, image: ImageFile.read(path))
    }

    /// Reads the bytes of a file that was decoded already.
    init(path: String, image: Image) throws(ImageError) {
        do {
            file = try Digest(ofFile: path)
        } catch {
            throw ImageError(.unreadable, file: path, "the file cannot be read.")
        }
        pixels = Self.digest(of: image)
    }

    private static func digest(of image: Image) -> Digest {
        var digest = IncrementalDigest()
        digest.update(Array("\(image.shape)".utf8))
        switch image.pixels {
        case .uint8(let values): add(values.lazy.map { UInt64($0) }, to: &digest)
        case .uint16(let values): add(values.lazy.map { UInt64($0) }, to: &digest)
        case .uint32(let values): add(values.lazy.map { UInt64($0) }, to: &digest)
        case .int32(let values): add(values.lazy.map { UInt64(bitPattern: Int64($0)) }, to: &digest)
        case .float32(let values): add(values.lazy.map { Double($0).bitPattern }, to: &digest)
        case .float64(let values): add(values.lazy.map { $0.bitPattern }, to: &digest)
        }
        return digest.finish()
    }

    private static func add(_ values: some Sequence<UInt64>, to digest: inout IncrementalDigest) {
        // Digests are compared within one run only, so the byte order of the machine will do.
        var words: [UInt64] = []
        words.reserveCapacity(1 << 13)
        for value in values {
            words.append(value)
            if words.count == 1 << 13 {
                digest.update(words.span.bytes)
                words.removeAll(keepingCapacity: true)
            }
        }
        digest.update(words.span.bytes)
    }
}
