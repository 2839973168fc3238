import Challenges
import ModelPackages

extension ZipArchive {
    /// The largest file of a model package that its description need not name.
    private static let largestUnnamed = 64 << 20
    /// The most bytes of all such files together.
    private static let mostUnnamed = 256 << 20

    /// Refuses a model package with a description that is too long, or with a large file, or many files, of which its description says
    /// nothing: they would be unpacked for nobody.
    ///
    /// What is no package, or cannot be read as one, is left to those who read the unpacked files.
    func refuseStrangers() throws(ZipArchiveError) {
        guard let name = ["bioimageio.yaml", "rdf.yaml"].first(where: { size(of: $0) != nil }), try isModel() else { return }
        let bytes = try bytes(ofDescription: name)
        guard let description = try? DescriptionNode.read(bytes, file: name) else { return }
        let named = description.texts
        let strangers = files.filter { !named.contains($0.name) && !named.contains("./" + $0.name) }
        for file in strangers where file.bytes > Self.largestUnnamed {
            throw .stranger(file.name, bytes: file.bytes, allowed: Self.largestUnnamed, description: name)
        }
        let total = strangers.reduce(0) { $0 + $1.bytes }
        guard total <= Self.mostUnnamed else {
            throw .strangers(strangers.count, bytes: total, allowed: Self.mostUnnamed, description: name)
        }
    }

    /// The bytes of a description, unless the archive's directory says that it is longer than any that is read.
    private func bytes(ofDescription name: String) throws(ZipArchiveError) -> [UInt8] {
        let limit = DescriptionLimits().bytes, size = size(of: name) ?? 0
        guard size <= limit else { throw .longDescription(name, bytes: size, allowed: limit) }
        return try bytes(of: name, limit: limit)
    }

    /// Whether a submission is a model: what is said nothing of is one if it is a package.
    private func isModel() throws(ZipArchiveError) -> Bool {
        guard size(of: SubmissionDescription.fileName) != nil else { return true }
        let bytes = try bytes(ofDescription: SubmissionDescription.fileName)
        return (try? SubmissionDescription(bytes: bytes))?.kind == .model
    }
}

extension DescriptionNode {
    /// All texts below, as they stand in the file.
    fileprivate var texts: Set<String> {
        switch content {
        case .scalar(let text, _): [text]
        case .list(let items): items.reduce(into: []) { $0.formUnion($1.texts) }
        case .mapping(let pairs): pairs.reduce(into: []) { $0.formUnion($1.value.texts) }
        }
    }
}
