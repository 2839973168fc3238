public import Imaging

/// A named input or output of a task: the file stem, the axes and the formats.
public struct Slot: Sendable, Equatable {
    /// The stem of the file name: slot `labels` is the file `labels.tiff`.
    public let name: String
    /// The axes, slowest first.
    public let axes: [Axis]
    /// The formats that are allowed, the preferred one first; never empty.
    public let formats: [ImageFormat]

    /// Makes a slot.
    public init(name: String, axes: [Axis], formats: [ImageFormat]) {
        self.name = name
        self.axes = axes
        self.formats = formats
    }

    /// The axes that measure length, in the order of `axes`.
    public var spatialAxes: [Axis] { axes.filter(\.isSpatial) }

    /// The axes as one word, such as `zyx`.
    public var axesText: String { axes.map(\.rawValue).joined() }
}
