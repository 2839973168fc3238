/// The value of one metric on one case.
public struct Score: Sendable, Hashable, Codable {
    /// The value; `nil` where the metric is undefined on the case.
    public let value: Double?
    /// What is special about the value; empty in the ordinary case.
    public let flags: [ScoreFlag]

    /// Makes a score.
    public init(_ value: Double?, flags: [ScoreFlag] = []) {
        self.value = value
        self.flags = flags
    }
}

/// What can be special about a score.
public enum ScoreFlag: String, Sendable, Hashable, Codable, CaseIterable {
    /// Neither image has an object: the value is a convention.
    case bothEmpty
    /// The truth has no object, but the prediction has.
    case truthEmpty
    /// The prediction has no object, but the truth has.
    case predictionEmpty
    /// No pair of objects matches, so that a mean over matches is a convention.
    case noMatch
    /// The evidence lacks the part that the metric is computed from.
    case evidenceMissing
}
