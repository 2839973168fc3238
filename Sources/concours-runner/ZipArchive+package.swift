import Challenges
import ModelPackages
import NeuralNetwork

extension ZipArchive {
    /// The largest file of a model package that its description need not name.
    private static let largestUnnamed = 64 << 20
    /// The most bytes of all such files together.
    private static let mostUnnamed = 256 << 20

    /// Files of more bytes are judged by their form before anything is unpacked.
    private static let large = 32 << 20
    /// Weights are numbers without a pattern: what is packed to a smaller part is none.
    private static let mostPacked = 100

    /// Refuses a model package of large files that cannot run, or whose description does not name them, before anything is unpacked.
    ///
    /// What is small, no package, or cannot be read as one without large files, is left to those who read the unpacked files.
    func judgePackage() throws {
        guard let name = ModelPackage.descriptionFiles.first(where: { size(of: $0) != nil }), try isModel() else { return }
        let bytes = try bytes(ofDescription: name)
        let isLarge = files.contains { $0.bytes > Self.large }
        let description: DescriptionNode
        do throws(PackageError) { description = try DescriptionNode.read(bytes, file: name) } catch {
            if isLarge { throw error }
            return
        }
        try refuseStrangers(description, name)
        guard isLarge else { return }
        try ModelPackage.judge(
            description,
            weights: { (name) throws(PackageError) in
                try refuseHollow(name)
                return source(of: name)
            },
            tensor: { name in source(of: name).flatMap { $0.count > Self.large ? $0 : nil } })
    }

    /// Refuses a large file, or many files, of which the description says nothing: they would be unpacked for nobody.
    private func refuseStrangers(_ description: DescriptionNode, _ name: String) throws(ZipArchiveError) {
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

    /// Refuses large weights that are packed to next to nothing.
    private func refuseHollow(_ name: String) throws(PackageError) {
        guard let size = size(of: name), let packed = packedSize(of: name), size > Self.largestUnnamed, size / Self.mostPacked > packed
        else {
            return
        }
        throw PackageError(
            .invalidValue, file: name,
            found: "\(size >> 20) MiB of weights are packed to \(packed) bytes, so that they hold next to nothing",
            remedy: "put the trained weights into the archive, or hand in a folder")
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
