/// One step that changes the values of a tensor before or after the network; only steps that make labels change the extents.
///
/// Arithmetic is done in double precision for each element and rounded once, to `float32`, or to `float64` where the tensor
/// came as `float64` or as whole numbers of 32 or 64 bits. Statistics are double-precision sums in C order, so that a result has one value.
/// Steps whose parameters are plain numbers round as NumPy does (`OperationRounding`). A step sees the result of the step before it.
/// Source: bioimage.io specification 0.5; compared with NumPy.
public protocol ProcessingStep: Sendable {
    /// The step's name in the format.
    var id: String { get }
    /// The input, as it came, from which statistics are taken instead of from the tensor itself.
    var referenceTensor: String? { get }
    /// Whether the step takes statistics from the tensor.
    var usesStatistics: Bool { get }
    /// What a user should know about how the step is carried out here.
    var notes: [String] { get }
    /// The extents that a tensor has after the step.
    func resultShape(of shape: [Int], axes: [String]) -> [Int]
    /// Carries the step out.
    ///
    /// - Parameter references: the inputs before their preprocessing, by name.
    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor
}

extension ProcessingStep {
    /// No other tensor is looked at.
    public var referenceTensor: String? { nil }
    /// Only given numbers are used.
    public var usesStatistics: Bool { false }
    /// Nothing to remark.
    public var notes: [String] { [] }
    /// The extents stay.
    public func resultShape(of shape: [Int], axes: [String]) -> [Int] { shape }
}
