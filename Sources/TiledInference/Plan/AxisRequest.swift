/// What is known about one axis of an image and a network before it is cut into tiles. Everything is in input elements.
public struct AxisRequest: Sendable, Equatable {
    /// The extents that the network takes.
    public enum Sizes: Sendable, Equatable {
        /// This extent only.
        case fixed(Int)
        /// `least + n · step`, with `step` of at least 1.
        case stepped(least: Int, step: Int)
    }

    /// The axis' name, for messages.
    public var name: String
    /// The image's extent.
    public var extent: Int
    /// Windows begin at multiples of this, and end as far from the image's end.
    public var stride: Int
    /// Elements that a result needs before its own place.
    public var before: Int
    /// Elements that a result needs after its own place.
    public var after: Int
    /// Elements at the axis' end that stand for no result, as behind unpadded convolutions: results lie at the places from 0 on.
    public var missing: Int
    /// The extents that the network takes.
    public var sizes: Sizes
    /// Whether each window has to have all of the axis.
    public var isWhole: Bool

    /// States an axis.
    public init(name: String, extent: Int, stride: Int, before: Int, after: Int, missing: Int = 0, sizes: Sizes, isWhole: Bool = false) {
        self.name = name
        self.extent = extent
        self.stride = max(1, stride)
        self.before = max(0, before)
        self.after = max(0, after)
        self.missing = max(0, missing)
        self.sizes = sizes
        self.isWhole = isWhole
    }
}
