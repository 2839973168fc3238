#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The folder of a Zarr hierarchy: hands out files that really lie in it. Links are refused wherever they stand in a path.
final class ZarrFolder {
    /// The folder as the caller gave it.
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(ImageError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ImageError(.unreadable, file: path, "the folder cannot be opened: \(String(cString: strerror(errno))).")
        }
    }

    deinit { close(descriptor) }

    /// The parts of a path that stands in metadata; only plain names below the folder are accepted.
    func parts(of path: String) throws(ImageError) -> [String] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 32, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) && $0.utf8.count < 256 })
        else {
            throw error(
                .malformed, "the path \"\(path.prefix(80))\" does not name something inside the image; expected names like 0 or s0.")
        }
        return parts
    }

    /// A file by the names on its way; `nil` if there is none.
    func file(_ parts: [String]) throws(ImageError) -> ByteFile? {
        let name = parts.joined(separator: "/")
        var folder = descriptor
        defer { if folder != descriptor { close(folder) } }
        for part in parts.dropLast() {
            let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { return try absent(name) }
            if folder != descriptor { close(folder) }
            folder = next
        }
        guard let last = parts.last else { return nil }
        let file = openat(folder, last, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return try absent(name) }
        return try ByteFile(file, named: path)
    }

    /// A JSON document, such as `zarr.json`; `nil` if there is none.
    func json(_ parts: [String], limit: Int) throws(ImageError) -> ZarrJSON? {
        guard let file = try file(parts) else { return nil }
        let name = parts.joined(separator: "/")
        guard file.size <= limit else { throw error(.limit, "\(name) has \(file.size) bytes; the limit is \(limit).") }
        return try ZarrJSON(try file.bytes(at: 0, count: file.size), name: name, folder: self)
    }

    func error(_ kind: ImageError.Kind, _ message: String) -> ImageError { ImageError(kind, file: path, message) }

    private func absent(_ name: String) throws(ImageError) -> ByteFile? {
        switch errno {
        case ENOENT: return nil
        case ELOOP, ENOTDIR:
            throw error(.malformed, "\(name) is reached through a link or something that is no folder; only plain files are read.")
        default: throw error(.unreadable, "\(name) cannot be opened: \(String(cString: strerror(errno))).")
        }
    }
}
