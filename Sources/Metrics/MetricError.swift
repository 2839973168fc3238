/// What can be wrong with the images, the evidence or the name of a metric.
public enum MetricError: Error, Sendable, Equatable {
    /// The two images differ in shape.
    case shapesDiffer(prediction: [Int], truth: [Int])
    /// A spacing is not a positive finite number of micrometres.
    case spacingNotPositive(axis: Int, found: Double)
    /// An image has more objects than the limit.
    case tooManyObjects(image: String, found: Int, limit: Int)
    /// The two images have more pairs of labels than the limit.
    case tooManyCells(limit: Int)
    /// The table of the pass could not be allocated.
    case outOfMemory(voxels: Int)
    /// A stored evidence contradicts itself or was not written by Concours.
    case invalidEvidence(place: String, found: String, expected: String)
    /// No metric has that name.
    case unknownMetric(text: String, nearMisses: [String])
    /// The id is not well formed, or the metric does not take that parameter.
    case malformedID(text: String, found: String, write: String)
}

extension MetricError: CustomStringConvertible {
    /// Where, what was found, what was expected, what to do.
    public var description: String {
        switch self {
        case .shapesDiffer(let prediction, let truth):
            "the prediction has shape \(Self.shape(prediction)), the truth \(Self.shape(truth)); "
                + "write a label image of the truth's shape"
        case .spacingNotPositive(let axis, let found):
            "the truth's spacing along axis \(axis) is \(found); expected a positive number of micrometres"
        case .tooManyObjects(let image, let found, let limit):
            "the \(image) has \(found) objects, more than the limit of \(limit); remove specks, or raise the limit"
        case .tooManyCells(let limit):
            "prediction and truth have more than \(limit) different pairs of labels; is the prediction a label image and not a picture?"
        case .outOfMemory(let voxels):
            "no memory for the overlap table of \(voxels) voxels; give the scoring more memory"
        case .invalidEvidence(let place, let found, let expected):
            "evidence, \(place): found \(found), expected \(expected); compute the evidence again from the images"
        case .unknownMetric(let text, let nearMisses):
            nearMisses.isEmpty
                ? "no metric is called '\(Self.shortened(text))'; the catalogue lists every metric with its convention"
                : "no metric is called '\(Self.shortened(text))'; did you mean \(nearMisses.joined(separator: ", "))?"
        case .malformedID(let text, let found, let write):
            "metric '\(Self.shortened(text))': \(found); write \(write)"
        }
    }

    private static func shape(_ extents: [Int]) -> String { "(" + extents.map(String.init).joined(separator: ", ") + ")" }

    private static func shortened(_ text: String) -> String { text.count <= 60 ? text : text.prefix(60) + "…" }
}
