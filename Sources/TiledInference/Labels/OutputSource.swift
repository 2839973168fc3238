internal import ModelPackages

/// The output that a postprocessor reads.
public struct OutputSource: Sendable, Equatable {
    /// The output's name; `nil` for the first.
    public var output: String?

    /// Names an output.
    public init(_ output: String? = nil) {
        self.output = output
    }

    init(_ node: DescriptionNode) throws(PackageError) {
        output = try node["output"].map { (node) throws(PackageError) in try node.string() }
    }

    func find(in outputs: [PredictedTensor]) throws(InferenceError) -> PredictedTensor {
        guard let found = output.map({ name in outputs.first { $0.id == name } }) ?? outputs.first else {
            throw .unfitOutput(
                output: output ?? "(first)", found: "the model does not have it",
                remedy: "use one of \(outputs.map(\.id).joined(separator: ", "))")
        }
        return found
    }
}

extension DescriptionNode {
    /// A channel's number, counted from 0.
    func channel(_ key: String, default standard: Int) throws(PackageError) -> Int {
        try self[key].map { (node) throws(PackageError) in try node.int(atLeast: 0) } ?? standard
    }

    /// A finite number.
    func number(_ key: String, default standard: Double) throws(PackageError) -> Double {
        try self[key].map { (node) throws(PackageError) in try node.double() } ?? standard
    }
}

extension PredictedTensor {
    /// A channel as `plane(channel:)` gives it, with all digits; NaN is refused, with which no comparison means anything.
    func comparable(channel: Int) throws(InferenceError) -> (shape: [Int], values: RealValues) {
        let (shape, values) = try realPlane(channel: channel)
        guard let place = values.firstNaN else { return (shape, values) }
        throw .unfitOutput(output: id, found: "channel \(channel) is not a number at element \(place)", remedy: "correct the model")
    }
}
