#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif
package import NeuralNetwork
package import Records

/// The folder of a package: hands out files that really lie in it, and checks their digests.
struct PackageFolder: Sendable {
    /// The folder as the caller gave it.
    let path: String

    /// Digests of larger files take longer than a look at what they hold, which comes first then.
    static let quickDigestBytes = 32 << 20

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

    /// The bytes of a small file by its relative path.
    func read(_ source: String, limit: Int) throws(PackageError) -> [UInt8] {
        let file = try open(source, limit: limit)
        do { return try file.bytes() } catch {
            throw PackageError(.unreadable, file: source, found: "it ended early", remedy: "check the file")
        }
    }

    /// A file of the package, of which nothing is read yet.
    ///
    /// Links that lead out of the folder, folders and devices are refused.
    func open(_ file: PackageFile, limit: Int, description: String) throws(PackageError) -> RegularFile {
        try open(file.source, limit: limit, namedBy: (description, file.line))
    }

    private func open(
        _ source: String, limit: Int, namedBy place: (file: String, line: Int)? = nil
    ) throws(PackageError) -> RegularFile {
        func fault(_ code: PackageError.Code, _ found: String, _ remedy: String) -> PackageError {
            PackageError(code, file: place?.file ?? source, line: place?.line, found: found, remedy: remedy)
        }
        let resolved = try location(of: source, namedBy: place)
        let file: RegularFile
        do { file = try RegularFile(resolved, followsLinks: false) } catch {
            throw fault(.unreadable, "\(source) is not a file that can be read", "put an ordinary file there")
        }
        guard file.size <= limit else { throw fault(.tooLarge, "\(source) has \(file.size) bytes", "keep it below \(limit) bytes") }
        return file
    }

    /// Compares the SHA-256 of an open file with the declared one, if there is one.
    func checkDigest(of opened: RegularFile, _ file: PackageFile, description: String) throws(PackageError) {
        guard let expected = file.sha256 else { return }
        let digest: String
        do { digest = try opened.digest().hex } catch {
            throw PackageError(
                .unreadable, file: description, line: file.line, found: "\(file.source) ended early", remedy: "check the file")
        }
        guard digest == expected else {
            throw PackageError(
                .digestMismatch, file: description, line: file.line, found: "\(file.source) has SHA-256 \(digest), declared is \(expected)",
                remedy: "restore the file or correct `sha256`")
        }
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

extension ByteSource {
    /// The bytes of an open file, read as they are asked for.
    package init(_ file: RegularFile) {
        self.init(count: file.size) { start, buffer in file.copy(from: start, into: buffer) }
    }
}
