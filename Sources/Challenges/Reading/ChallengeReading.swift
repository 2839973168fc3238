/// What was read of a challenge folder without its images: as much as is right, and everything that is wrong.
struct ChallengeReading {
    /// The challenge, if there is no error.
    var challenge: Challenge?
    /// The task, as soon as that part is right.
    var task: ChallengeTask?
    /// The splits with the cases that could be read.
    var splits: [Split]
    /// The metrics, as soon as that part is right.
    var metrics: [String]
    /// All diagnostics in reading order.
    var diagnostics: [Diagnostic]

    /// Reads a folder.
    init(folder: String) throws(ChallengeError) {
        let path = RelativePath.join(folder, Challenge.fileName)
        switch ChallengeFolder.bytes(of: path, limit: YAMLDocument.maximumBytes) {
        case .missing(let reason): throw .unreadable(path: path, reason: reason)
        case .bytes(let bytes):
            self.init(bytes) { list in
                if let reason = ChallengeFolder.escapes(list, from: folder) { return .missing(reason) }
                return ChallengeFolder.bytes(of: RelativePath.join(folder, list), limit: CaseList.maximumBytes)
            }
        }
    }

    /// Reads bytes, with case lists from elsewhere.
    init(_ bytes: [UInt8], caseListBytes: @escaping (String) -> CaseListSource) {
        var reader = ChallengeReader(caseListBytes: caseListBytes)
        challenge = reader.read(bytes)
        task = reader.task
        splits = reader.splits
        metrics = reader.metrics
        diagnostics = reader.diagnostics.inReadingOrder
    }
}
