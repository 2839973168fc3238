internal import ModelPackages

/// `watershed`: objects grow from seeds inside a mask; small ones are dropped.
///
/// With f the foreground channel and b the boundary or d the distance channel, all in double precision:
///
/// | declared | seeds | mask | elevation |
/// |---|---|---|---|
/// | `boundary` | f - b > seedThreshold | f + b > maskThreshold | b - f |
/// | `distance` | d > seedThreshold | f > maskThreshold | -d |
/// | neither | f > seedThreshold | f > maskThreshold | -f |
///
/// Seeds are the connected components of the seed pixels; flooding is `Watershed`, with the same neighbours. Parts of the mask that
/// hold no seed stay background.
public struct WatershedLabelling: Sendable, Equatable {
    /// What is known beside the foreground.
    public enum Guide: Sendable, Equatable {
        /// Nothing.
        case none
        /// A channel that is high between touching objects and at their rims.
        case boundary(channel: Int)
        /// A channel that is high in the middle of objects.
        case distance(channel: Int)
    }

    /// The output that is read.
    public var source = OutputSource()
    /// The channel of the foreground, counted from 0.
    public var foreground = 0
    /// What is known beside the foreground; by default nothing.
    public var guide = Guide.none
    /// Seeds are above it.
    public var seedThreshold = 0.5
    /// The mask is above it.
    public var maskThreshold = 0.5
    /// Which pixels touch; by default those that share a face.
    public var connectivity = Connectivity.faces
    /// The fewest pixels of an object.
    public var minSize = 0

    /// The defaults.
    public init() {}

    init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(
            except: ["id", "output", "foreground", "boundary", "distance", "seedThreshold", "maskThreshold", "connectivity", "minSize"])
        source = try OutputSource(node)
        foreground = try node.channel("foreground", default: foreground)
        switch (node["boundary"], node["distance"]) {
        case (.some, .some(let distance)):
            throw distance.fault(found: "`boundary` and `distance`", remedy: "write one of them")
        case (.some(let channel), nil): guide = .boundary(channel: try channel.int(atLeast: 0))
        case (nil, .some(let channel)): guide = .distance(channel: try channel.int(atLeast: 0))
        case (nil, nil): break
        }
        seedThreshold = try node.number("seedThreshold", default: seedThreshold)
        maskThreshold = try node.number("maskThreshold", default: maskThreshold)
        if let entry = node["connectivity"] { connectivity = try Connectivity(entry) }
        minSize = try node.channel("minSize", default: minSize)
    }

    func labels(_ output: PredictedTensor) throws(InferenceError) -> (shape: [Int], labels: [UInt32]) {
        let (shape, foreground) = try output.comparable(channel: foreground)
        let guiding = try guideChannel.map { (channel) throws(InferenceError) in try output.comparable(channel: channel).values }
        let (seeds, mask, elevation) = fields(foreground, guiding)
        let markers = ConnectedComponents.label(seeds, shape: shape, connectivity: connectivity).labels
        let flooded = Watershed.flood(elevation, markers: markers, mask: mask, shape: shape, connectivity: connectivity)
        return (shape, LabelNumbering.renumbered(flooded, minSize: minSize))
    }

    /// The channel of the boundary or the distance.
    var guideChannel: Int? {
        switch guide {
        case .none: nil
        case .boundary(let channel), .distance(let channel): channel
        }
    }

    /// Seeds, mask and elevation of some pixels, from their foreground and what guides.
    func fields(_ foreground: RealValues, _ guiding: RealValues?) -> (seeds: [Bool], mask: [Bool], elevation: [Double]) {
        let foreground = foreground.doubles
        guard let guiding = guiding?.doubles else {
            return (foreground.map { $0 > seedThreshold }, foreground.map { $0 > maskThreshold }, foreground.map { -$0 })
        }
        if case .boundary = guide {
            return (
                zip(foreground, guiding).map { $0 - $1 > seedThreshold }, zip(foreground, guiding).map { $0 + $1 > maskThreshold },
                zip(foreground, guiding).map { $1 - $0 }
            )
        }
        return (guiding.map { $0 > seedThreshold }, foreground.map { $0 > maskThreshold }, guiding.map { -$0 })
    }
}
