/// One case: an input with its ground truth.
public struct CaseEntry: Sendable, Equatable {
    /// The opaque id.
    public let id: String
    /// The path of the input image, relative to the challenge folder.
    public let image: String
    /// The path of the ground truth, relative to the challenge folder.
    public let truth: String
    /// The patient, plate or specimen that the case belongs to: the unit of resampling.
    public let group: String
    /// Micrometres between neighbours for each spatial axis of the input, slowest first; `nil` where the list does not say.
    public let spacing: [Double]?
    /// The line of the case in its list, from 1.
    public let line: Int

    /// Makes a case.
    public init(id: String, image: String, truth: String, group: String, spacing: [Double]? = nil, line: Int) {
        self.id = id
        self.image = image
        self.truth = truth
        self.group = group
        self.spacing = spacing
        self.line = line
    }
}
