extension Digest {
    /// The digest of a regular file, read in pieces of 1 MiB.
    ///
    /// - Parameter path: the file; a symbolic link is followed, since the caller named it.
    public init(ofFile path: String) throws(RecordsError) {
        self = try Digest.ofFile(RegularFile(path)).digest
    }

    /// The digest of the rest of an open file and the number of bytes that went into it.
    static func ofFile(_ file: RegularFile) throws(RecordsError) -> (digest: Digest, size: Int) {
        var digest = IncrementalDigest()
        var buffer = [UInt8](repeating: 0, count: min(max(file.size, 4096), 1 << 20))
        var size = 0
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { return (digest.finish(), size) }
            digest.update(buffer.span.bytes.extracting(first: count))
            size += count
        }
    }
}
