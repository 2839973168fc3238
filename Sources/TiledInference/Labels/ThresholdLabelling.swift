internal import ModelPackages

/// `threshold`: 1 where the value is above the threshold, else 0.
public struct ThresholdLabelling: Sendable, Equatable {
    /// The output that is read.
    public var source = OutputSource()
    /// The channel, counted from 0.
    public var channel = 0
    /// Values above it are foreground.
    public var threshold = 0.5

    /// The defaults.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(except: ["id", "output", "channel", "threshold"])
        source = try OutputSource(node)
        channel = try node.channel("channel", default: channel)
        threshold = try node.number("threshold", default: threshold)
    }

    func labels(_ output: PredictedTensor) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        let (shape, values) = try output.comparable(channel: channel)
        return (shape, values.above(threshold).map { $0 ? 1 : 0 })
    }
}
