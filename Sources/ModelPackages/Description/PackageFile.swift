/// A file of a package, as its description names it.
public struct PackageFile: Sendable, Equatable {
    /// The path relative to the package's folder.
    public let source: String
    /// The declared SHA-256, 64 lowercase hexadecimal digits; `nil` where the file does not say.
    public let sha256: String?
    /// The line of the description that names the file.
    public let line: Int

    /// The names of the folders down to the file.
    var folder: [Substring] { source.split(separator: "/").dropLast().filter { $0 != "." } }

    init(_ node: DescriptionNode) throws(PackageError) {
        let sourceNode = node.isMapping ? try node.required("source") : node
        source = try PackageFolder.checked(sourceNode)
        line = sourceNode.line
        guard let digestNode = node["sha256"] else {
            sha256 = nil
            return
        }
        let digest = try digestNode.text()
        guard digest.utf8.count == 64, digest.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }) else {
            throw digestNode.fault(found: "found \(digestNode.summary)", remedy: "write 64 lowercase hexadecimal digits")
        }
        sha256 = digest
    }
}
