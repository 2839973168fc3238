internal import ModelPackages

/// `argmax`: the number of the channel with the greatest value, counted from 0; the first of equals.
public struct ArgmaxLabelling: Sendable, Equatable {
    /// The output that is read.
    public var source = OutputSource()

    /// The defaults.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(except: ["id", "output"])
        source = try OutputSource(node)
    }

    func labels(_ output: PredictedTensor) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        var (shape, greatest) = try output.comparable(channel: 0)
        var labels = [UInt32](repeating: 0, count: greatest.count)
        for channel in 1..<max(1, output.channelCount) {
            greatest.raise(to: try output.comparable(channel: channel).values, UInt32(channel), in: &labels)
        }
        return (shape, labels)
    }
}
