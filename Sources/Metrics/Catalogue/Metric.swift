/// A measure of how well a prediction agrees with the truth: arithmetic on evidence, without the images.
public protocol Metric: Sendable {
    /// The text by which the metric is known everywhere, such as `ap@1/2`; it carries the convention.
    var id: MetricID { get }
    /// What people and ranking need to know about the values.
    var card: MetricCard { get }
    /// The part of the evidence that the metric is computed from.
    var evidenceKind: EvidenceKind { get }

    /// The score of one case. The value is `nil` only where the convention says so, or where the evidence lacks the part that the
    /// metric is computed from (flag `evidenceMissing`).
    func score(_ evidence: Evidence) -> Score
}

extension Metric {
    /// The name in words.
    public var title: String { card.title }
    /// One paragraph: formula, threshold rule, what happens with empty images.
    public var convention: String { card.convention }
    /// Where the definition comes from and which implementation agrees.
    public var source: String { card.source }
    /// The version of the implementation; it changes whenever a value could change.
    public var version: Int { card.version }
    /// The values that the metric can take; an end is infinite where it has no bound.
    public var range: ClosedRange<Double> { card.range }
    /// Whether more is better; `nil` for a number that describes and ranks nothing.
    public var higherIsBetter: Bool? { card.higherIsBetter }
    /// The value that a failed case costs; `nil` where there is no finite worst value.
    public var worst: Double? { card.worst }
    /// The id with the version of the implementation, such as `ap@1/2#1`: what a recipe records.
    public var versionedID: String { "\(id)#\(version)" }
}
