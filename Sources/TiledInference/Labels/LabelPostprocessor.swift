public import Imaging
public import ModelPackages

/// How a model's outputs become labels: the closed list that `submission.yaml` may name.
///
/// ```yaml
/// postprocessor: {id: connectedComponents, output: probability, channel: 0, threshold: 0.5, connectivity: 4, minSize: 20}
/// ```
/// Every parameter but `id` has a default. Values are compared in double precision, and a pixel is foreground if it is above the
/// threshold, not at it. Sizes and channels count from 0; `output` is an output's name, the first output where it is left out.
public enum LabelPostprocessor: Sendable, Equatable {
    /// `connectedComponents`: an object is a connected part of {value > threshold}.
    case connectedComponents(ComponentLabelling)
    /// `threshold`: 1 where the value is above the threshold, else 0; a semantic mask.
    case threshold(ThresholdLabelling)
    /// `argmax`: the number of the channel with the greatest value, the first of equals; a semantic mask.
    case argmax(ArgmaxLabelling)
    /// `watershed`: objects grow from seeds inside a mask.
    case watershed(WatershedLabelling)
    /// `stardist`: star-shaped polygons from a probability and rays.
    case stardist(StarDistLabelling)
    /// `cellposeFlows`: pixels that flow to the same place are an object.
    case cellposeFlows(FlowLabelling)
    /// The numbers that a step of the package itself made, such as `stardist_postprocessing`; not to be named in `submission.yaml`.
    case packageLabels(PackageLabels)

    /// What is done for a task of instances when nothing is declared: connected components (faces) of the first output's first
    /// channel above 1/2.
    public static let standard = LabelPostprocessor.connectedComponents(ComponentLabelling())
    /// What has to be written into the record when `standard` was used.
    public static let standardNote =
        "no postprocessor is declared: connected components (4 neighbours, 6 in stacks) of the first output's first channel above 0.5"

    /// The names that may stand under `id`.
    public static let ids = ["connectedComponents", "threshold", "argmax", "watershed", "stardist", "cellposeFlows"]

    /// The postprocessor's name.
    public var id: String {
        switch self {
        case .connectedComponents: "connectedComponents"
        case .threshold: "threshold"
        case .argmax: "argmax"
        case .watershed: "watershed"
        case .stardist: "stardist"
        case .cellposeFlows: "cellposeFlows"
        case .packageLabels: "packageLabels"
        }
    }

    /// Reads the mapping under `postprocessor:`; unknown names and parameters are errors with file and line.
    public init(_ node: DescriptionNode) throws(PackageError) {
        let idNode = try node.required("id")
        switch try idNode.string() {
        case "connectedComponents": self = .connectedComponents(try ComponentLabelling(node))
        case "threshold": self = .threshold(try ThresholdLabelling(node))
        case "argmax": self = .argmax(try ArgmaxLabelling(node))
        case "watershed": self = .watershed(try WatershedLabelling(node))
        case "stardist": self = .stardist(try StarDistLabelling(node))
        case "cellposeFlows": self = .cellposeFlows(try FlowLabelling(node))
        default:
            throw idNode.fault(
                found: "found \(idNode.summary)", remedy: "write one of \(LabelPostprocessor.ids.map { "`\($0)`" }.joined(separator: ", "))"
            )
        }
    }

    /// The output that is read.
    public var source: OutputSource {
        switch self {
        case .connectedComponents(let method): method.source
        case .threshold(let method): method.source
        case .argmax(let method): method.source
        case .watershed(let method): method.source
        case .stardist(let method): method.source
        case .cellposeFlows(let method): method.source
        case .packageLabels(let method): method.source
        }
    }

    /// All outputs that are read.
    public var sources: [OutputSource] {
        if case .stardist(let method) = self, let probability = method.probability { [method.source, probability] } else { [source] }
    }

    /// What is done when nothing is declared: the labels of the package's own step where an output has one, else `standard`.
    ///
    /// - Returns: the postprocessor, and what has to be written into the record.
    public static func undeclared(for package: ModelPackage) -> (postprocessor: LabelPostprocessor, note: String) {
        for output in package.outputs {
            guard let labels = PackageLabels(output) else { continue }
            return (.packageLabels(labels), "the labels are those of the package's step `\(output.labelStepID ?? "")`")
        }
        return (standard, standardNote)
    }

    /// Labels for one element of the output that is read, along (z,) y and x.
    func growth(along count: Int) -> [Int] {
        guard case .stardist(let method) = self else { return [Int](repeating: 1, count: count) }
        return method.grid.count == count ? method.grid : [Int](repeating: method.grid[0], count: count)
    }

    /// Makes labels of a model's outputs; extents `(y, x)` or `(z, y, x)`, instances numbered from 1 in raster order.
    ///
    /// - Parameter imageExtents: the image's extents, by which labels on a finer grid than the output's end where the image ends.
    public func labels(from outputs: [PredictedTensor], imageExtents: [Axis: Int] = [:]) throws(InferenceError) -> LabelImage {
        let output = try source.find(in: outputs)
        let (shape, labels) =
            switch self {
            case .connectedComponents(let method): try method.labels(output)
            case .threshold(let method): try method.labels(output)
            case .argmax(let method): try method.labels(output)
            case .watershed(let method): try method.labels(output)
            case .stardist(let method): try method.labels(output, all: outputs, imageExtents: imageExtents)
            case .cellposeFlows(let method): try method.labels(output)
            case .packageLabels(let method): try method.labels(output, imageExtents: imageExtents)
            }
        let spacing = zip([Axis.z, .y, .x].suffix(shape.count), growth(along: shape.count)).map { axis, count in
            output.spacing[axis].map { $0 / Double(count) }
        }
        guard let image = LabelImage(shape: shape, labels: labels, spacing: spacing) else {
            throw .unfitOutput(output: output.id, found: "the extents \(shape)", remedy: "name an output that is an image")
        }
        return image
    }
}
