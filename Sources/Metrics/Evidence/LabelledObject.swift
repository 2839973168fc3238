/// One object of a label image.
public struct LabelledObject: Sendable, Hashable {
    /// The id that its voxels carry; never 0.
    public let label: UInt32
    /// The number of its voxels; at least 1.
    public let voxels: Int

    /// Names an object.
    public init(label: UInt32, voxels: Int) {
        self.label = label
        self.voxels = voxels
    }
}
