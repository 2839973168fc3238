/// Looks for every mistake in a challenge folder: the challenge file, the case lists and the images.
public enum ChallengeCheck {
    /// How far a check is: the number of cases looked at, of how many, and the last one.
    public struct Progress: Sendable, Equatable {
        /// Cases done.
        public let done: Int
        /// Cases in all.
        public let total: Int
        /// The split and id of the case that was done last, such as `test/t03`.
        public let name: String
    }

    /// Checks a folder. A mistake in one place does not keep the others from being found.
    ///
    /// - Parameters:
    ///   - folder: the folder with `challenge.yaml`.
    ///   - readsImages: whether images and truths are read, too; without, this takes milliseconds.
    ///   - progress: called after each case.
    ///
    /// Throws `ChallengeError.unreadable` if there is no readable `challenge.yaml`; mistakes are in the report.
    public static func run(
        folder: String, readsImages: Bool = true, progress: (Progress) -> Void = { _ in }
    ) throws(ChallengeError) -> ChallengeReport {
        let reading = try ChallengeReading(folder: folder)
        let diagnostics = reading.diagnostics(withImages: readsImages)
        guard readsImages else { return ChallengeReport(challenge: reading.challenge, diagnostics: diagnostics, statistics: []) }
        var data = DataCheck(folder: folder, task: reading.task, metrics: reading.metrics)
        data.run(reading.splits, progress: progress)
        return ChallengeReport(
            challenge: data.diagnostics.containError ? nil : reading.challenge,
            diagnostics: (diagnostics + data.diagnostics).inReadingOrder, statistics: data.statistics)
    }

    /// What is wrong with the images of a challenge, if it had these metrics.
    package static func images(of challenge: Challenge, in folder: String, metrics: [String]) -> [Diagnostic] {
        var data = DataCheck(folder: folder, task: TaskDraft(challenge.task), metrics: metrics)
        data.run(challenge.splits.map { SplitDraft($0) }) { _ in }
        return data.diagnostics
    }
}
