import Challenges
import ModelPackages

extension ZipArchive {
    /// The largest file of a model package that its description need not name.
    private static let largestUnnamed = 64 << 20
    private static let largestDescription = 1 << 20

    /// Refuses a model package that holds a large file of which its description says nothing: it would be unpacked for nobody.
    ///
    /// What is no package, or cannot be read as one, is left to those who read the unpacked files.
    func refuseStrangers() throws(ZipArchiveError) {
        guard let name = ["bioimageio.yaml", "rdf.yaml"].first(where: { size(of: $0) != nil }), try isModel(),
            let description = try? DescriptionNode.read(bytes(of: name, limit: Self.largestDescription), file: name)
        else { return }
        let named = description.texts
        for file in files where file.bytes > Self.largestUnnamed && !named.contains(file.name) && !named.contains("./" + file.name) {
            throw .stranger(file.name, bytes: file.bytes, allowed: Self.largestUnnamed, description: name)
        }
    }

    /// Whether a submission is a model: what is said nothing of is one if it is a package.
    private func isModel() throws(ZipArchiveError) -> Bool {
        guard size(of: SubmissionDescription.fileName) != nil else { return true }
        let bytes = try bytes(of: SubmissionDescription.fileName, limit: Self.largestDescription)
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
