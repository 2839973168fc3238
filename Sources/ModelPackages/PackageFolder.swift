#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
internal import Records

/// The folder of a package: hands out files that really lie in it, and checks their digests.
struct PackageFolder: Sendable {
    /// The folder as the caller gave it.
    let path: String

    /// Whether something lies at a relative path.
    func contains(_ source: String) -> Bool { access(path + "/" + source, F_OK) == 0 }

    /// The source of a file entry, if it is a plain relative path that stays inside the package.
    static func checked(_ node: DescriptionNode) throws(PackageError) -> String {
        let source = try node.text()
        let parts = source.split(separator: "/", omittingEmptySubsequences: false)
        if source.contains("://") {
            throw node.fault(
                .unsafePath, found: "found the address \(node.summary)", remedy: "put the file into the package and write its relative path"
            )
        }
        guard !source.hasPrefix("/"), !source.contains("\\"), !source.utf8.contains(0), !parts.contains(".."), !parts.contains("") else {
            throw node.fault(
                .unsafePath, found: "found the path \(node.summary)", remedy: "write a relative path inside the package, without `..`")
        }
        return source
    }

    /// The bytes of a file of the package.
    ///
    /// Links that lead out of the folder, folders and devices are refused; a declared SHA-256 is compared with these very bytes.
    func read(_ file: PackageFile, limit: Int, description: String) throws(PackageError) -> [UInt8] {
        let bytes = try read(file.source, limit: limit, namedBy: (description, file.line))
        guard let expected = file.sha256 else { return bytes }
        let digest = Digest(of: bytes).hex
        guard digest == expected else {
            throw PackageError(
                .digestMismatch, file: description, line: file.line, found: "\(file.source) has SHA-256 \(digest), declared is \(expected)",
                remedy: "restore the file or correct `sha256`")
        }
        return bytes
    }

    /// The bytes of a file by its relative path.
    func read(_ source: String, limit: Int, namedBy place: (file: String, line: Int)? = nil) throws(PackageError) -> [UInt8] {
        func fault(_ code: PackageError.Code, _ found: String, _ remedy: String) -> PackageError {
            PackageError(code, file: place?.file ?? source, line: place?.line, found: found, remedy: remedy)
        }
        let resolved = try location(of: source, namedBy: place)
        let descriptor = open(resolved, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw fault(.unreadable, "\(source) cannot be opened", "make the file readable") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw fault(.unreadable, "\(source) is not a file", "put an ordinary file there")
        }
        let size = Int(status.st_size)
        guard size <= limit else { throw fault(.tooLarge, "\(source) has \(size) bytes", "keep it below \(limit) bytes") }
        // The array's own storage is handed to the system call, so that large weights are not copied.
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let taken = takeBytes(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
                if taken < 0 && errno == EINTR { continue }
                if taken <= 0 { break }
                count += taken
            }
        }
        guard bytes.count == size else { throw fault(.unreadable, "\(source) ended early", "check the file") }
        return bytes
    }

    /// The path of a file whose real place is inside the package.
    func location(of source: String, namedBy place: (file: String, line: Int)? = nil) throws(PackageError) -> String {
        func fault(_ code: PackageError.Code, _ found: String, _ remedy: String) -> PackageError {
            PackageError(code, file: place?.file ?? source, line: place?.line, found: found, remedy: remedy)
        }
        guard let root = resolve(path) else {
            throw PackageError(.missing, found: "the package's folder is not there", remedy: "give the path of a folder")
        }
        guard let target = resolve(path + "/" + source) else {
            throw fault(.missing, "\(source) is not in the package", "add the file, or correct the path")
        }
        guard target.hasPrefix(root == "/" ? root : root + "/") else {
            throw fault(.unsafePath, "\(source) is a link that leads out of the package", "put the file itself into the package")
        }
        return target
    }

    /// The path without links; `nil` if nothing is there.
    private func resolve(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

/// The system call, which the folder's own `read` would hide.
private func takeBytes(_ descriptor: Int32, _ place: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int { read(descriptor, place, count) }
