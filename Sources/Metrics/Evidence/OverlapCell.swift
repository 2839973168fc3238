/// The voxels that an object of the truth and an object of the prediction share.
public struct OverlapCell: Sendable, Hashable {
    /// The position of the object in `OverlapTable.truth`.
    public let truth: Int
    /// The position of the object in `OverlapTable.prediction`.
    public let prediction: Int
    /// The number of shared voxels; at least 1.
    public let voxels: Int

    /// Makes a cell.
    public init(truth: Int, prediction: Int, voxels: Int) {
        self.truth = truth
        self.prediction = prediction
        self.voxels = voxels
    }
}
