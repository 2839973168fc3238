public import ModelPackages

/// Overlapping windows whose results are averaged by weights, and mirroring, as `submission.yaml` or the command line declares them:
///
/// ```yaml
/// inference: {window: [256, 256], overlap: 0.5, blend: gaussian, mirror: [y, x]}
/// ```
/// Windows begin every `window · (1 - overlap)` elements (rounded down, at least 1); the last one ends where the image ends. Weights are
/// all one (`constant`), or a Gaussian over the window with a sigma of 1/8 of its extent along each axis, not below 1/1000. With `mirror`
/// each window runs once for every set of these axes, mirrored and back, and the results are averaged.
/// Source: nnU-Net (Isensee et al. 2021); windows and weights are those of MONAI 1.5 `sliding_window_inference`.
public struct Blending: Sendable, Equatable {
    /// How the results of a window are weighted.
    public enum Weights: String, Sendable, CaseIterable {
        case constant, gaussian
    }

    /// The extents of a window along the model's space and time axes; `nil` for the only extents that the network takes.
    public var window: [Int]?
    /// The largest share of a window that the next one may cover too: beyond it each place is computed more than a hundred times.
    public static let largestOverlap = 0.9
    /// The share of a window that the next one covers too, from 0 to `largestOverlap`.
    public var overlap: Double
    /// How results are weighted.
    public var weights: Weights
    /// The axes that are mirrored.
    public var mirror: [String]

    /// Declares; by default half of a window overlaps, weighted by the Gaussian, not mirrored.
    public init(window: [Int]? = nil, overlap: Double = 0.5, weights: Weights = .gaussian, mirror: [String] = []) {
        self.window = window
        self.overlap = overlap
        self.weights = weights
        self.mirror = mirror
    }

    /// Reads the mapping under `inference:`; unknown names are errors with file and line.
    public init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(except: ["window", "overlap", "blend", "mirror"])
        self.init()
        if let entry = node["window"] {
            var extents: [Int] = []
            for extent in try entry.list() { extents.append(try extent.int(atLeast: 1)) }
            window = extents
        }
        overlap = try node.number("overlap", default: overlap)
        guard overlap >= 0, overlap <= Blending.largestOverlap else {
            throw (node["overlap"] ?? node).fault(
                found: "an overlap of \(overlap)",
                remedy: "write a share of the window from 0 to \(Blending.largestOverlap), such as `overlap: 0.5`")
        }
        if let blend = node["blend"] {
            guard let weights = Weights(rawValue: try blend.string()) else {
                throw blend.fault(found: "found \(blend.summary)", remedy: "write `gaussian` or `constant`")
            }
            self.weights = weights
        }
        if let axes = node["mirror"] {
            for axis in try axes.list() { mirror.append(try axis.string()) }
            guard Set(mirror).count == mirror.count, mirror.allSatisfy({ SpaceAxes.names.contains($0) }) else {
                throw axes.fault(
                    found: "found \(mirror.joined(separator: ", "))",
                    remedy: "write some of z, y and x, each once, such as `mirror: [y, x]`")
            }
        }
    }
}
