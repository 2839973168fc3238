/// What the runner must know to score one prediction.
public struct ScoringRequest: Sendable, Codable, Equatable {
    /// The metrics, as the challenge writes them.
    public var metrics: [String]
    /// Micrometres between neighbouring pixels, slowest axis first; `nil` where the challenge does not say.
    public var spacing: [Double]?

    /// Makes a request.
    public init(metrics: [String], spacing: [Double]?) {
        self.metrics = metrics
        self.spacing = spacing
    }
}
