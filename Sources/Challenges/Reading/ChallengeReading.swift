/// What was read of a challenge folder without its images: as much as is right, and everything that is wrong.
struct ChallengeReading {
    /// The challenge, if there is no error.
    var challenge: Challenge?
    /// As much of the task as is right.
    var task: TaskDraft
    /// The splits with the cases that could be read.
    var splits: [SplitDraft]
    /// The metrics that could be read.
    var metrics: [String]
    private var found: [Diagnostic]
    private var blindSpots: [BlindSpot]

    /// All diagnostics in reading order, with a warning for each place that keeps something else from being seen.
    func diagnostics(withImages: Bool) -> [Diagnostic] {
        (found + BlindSpot.diagnostics(for: blindSpots.filter { withImages || !$0.needsImages })).inReadingOrder
    }

    /// Reads a folder.
    init(folder: String) throws(ChallengeError) {
        if ChallengeFolder.isFile(folder) { throw .unreadable(path: folder, reason: ChallengeFolder.noFolder) }
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
        found = reader.diagnostics
        blindSpots = reader.blindSpots
    }
}
