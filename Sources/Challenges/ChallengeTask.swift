/// What has to be done with a case: the kind of task, what goes in and what comes out.
public struct ChallengeTask: Sendable, Equatable {
    /// The kinds of task.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case instanceSegmentation, semanticSegmentation, detection, tracking, restoration, classification

        /// Whether this version can score the kind: its output is one label image.
        public var isEvaluated: Bool { self == .instanceSegmentation || self == .semanticSegmentation }
    }

    /// What is asked for.
    public let kind: Kind
    /// What a submission reads.
    public let input: Slot
    /// What a submission writes.
    public let output: Slot

    /// Makes a task of its parts.
    public init(kind: Kind, input: Slot, output: Slot) {
        self.kind = kind
        self.input = input
        self.output = output
    }
}
