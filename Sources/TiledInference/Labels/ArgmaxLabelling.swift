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
        let (shape, first) = try output.plane(channel: 0)
        var greatest = try output.comparable(first, channel: 0)
        var labels = [UInt32](repeating: 0, count: greatest.count)
        for channel in 1..<max(1, output.channelCount) {
            let values = try output.comparable(try output.plane(channel: channel).values, channel: channel)
            for index in values.indices where values[index] > greatest[index] {
                greatest[index] = values[index]
                labels[index] = UInt32(channel)
            }
        }
        return (shape, labels)
    }
}
