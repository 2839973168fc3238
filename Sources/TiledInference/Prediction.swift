public import ModelPackages

/// What a model makes of an image.
public struct Prediction: Sendable {
    /// The outputs after postprocessing, in the package's order.
    public let outputs: [PredictedTensor]
    /// The tiles that were used.
    public let plan: TilePlan
    /// Whether the result is, bit for bit, that of one run on the (padded) whole image.
    public let isExact: Bool
    /// What the network allows.
    public let tilingClass: TilingClass
    /// How the image went through it.
    public let way: TilingWay
    /// What is to be written into the record: padding, rounding, inexact tiles, statistics of one image.
    public let notes: [String]
}
