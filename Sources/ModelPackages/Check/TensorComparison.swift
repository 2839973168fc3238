internal import NeuralNetwork

/// Two tensors compared element by element.
public struct TensorComparison: Sendable, Equatable {
    /// The greatest absolute difference; infinite where one side is NaN or infinite and the other is not the same.
    public let maxAbsoluteDifference: Double
    /// Elements in a million beyond the tolerance.
    public let mismatchedPerMillion: Double

    /// Compares; `nil` if the extents differ.
    ///
    /// An element is mismatched where `|a - e| > absolute + relative · |e|`. NaN equals NaN.
    public init?(_ actual: AxisTensor, with expected: AxisTensor, tolerance: ReproducibilityTolerance) {
        guard actual.shape == expected.shape else { return nil }
        guard
            case (.float64(let actual), .float64(let expected)) = (
                actual.tensor.storage.cast(to: .float64), expected.tensor.storage.cast(to: .float64)
            )
        else { return nil }
        var greatest = 0.0
        var mismatched = 0
        for (value, aim) in zip(actual, expected) where !(value == aim || (value.isNaN && aim.isNaN)) {
            let difference = abs(value - aim)
            greatest = max(greatest, difference.isNaN ? .infinity : difference)
            if !(difference <= tolerance.absolute + tolerance.relative * abs(aim)) { mismatched += 1 }
        }
        maxAbsoluteDifference = greatest
        mismatchedPerMillion = actual.isEmpty ? 0 : Double(mismatched) * 1e6 / Double(actual.count)
    }
}
