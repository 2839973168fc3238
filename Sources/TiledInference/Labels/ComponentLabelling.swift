internal import ModelPackages

/// `connectedComponents`: an object is a connected part of {value > threshold}; small ones are dropped.
public struct ComponentLabelling: Sendable, Equatable {
    /// The output that is read.
    public var source = OutputSource()
    /// The channel, counted from 0.
    public var channel = 0
    /// Values above it are foreground.
    public var threshold = 0.5
    /// Which pixels touch; by default those that share a face.
    public var connectivity = Connectivity.faces
    /// The fewest pixels of an object.
    public var minSize = 0

    /// The defaults.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(except: ["id", "output", "channel", "threshold", "connectivity", "minSize"])
        source = try OutputSource(node)
        channel = try node.channel("channel", default: channel)
        threshold = try node.number("threshold", default: threshold)
        if let entry = node["connectivity"] { connectivity = try Connectivity(entry) }
        minSize = try node.channel("minSize", default: minSize)
    }

    func labels(_ output: PredictedTensor) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        let (shape, values) = try output.comparable(channel: channel)
        let mask = values.above(threshold)
        let components = ConnectedComponents.label(mask, shape: shape, connectivity: connectivity).labels
        return (shape, minSize > 1 ? LabelNumbering.renumbered(components, minSize: minSize) : components)
    }
}
