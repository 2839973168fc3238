internal import NeuralNetwork

/// Two tensors compared element by element.
public struct TensorComparison: Sendable, Equatable {
    /// The greatest absolute difference of elements that are finite in both; at most the greatest finite number.
    public let maxAbsoluteDifference: Double
    /// Elements in a million beyond the tolerance.
    public let mismatchedPerMillion: Double
    /// Elements that are NaN or infinite in one of the two and not the same in the other: always mismatched.
    public let notFinite: NotFinite?

    /// Elements that cannot be subtracted.
    public struct NotFinite: Sendable, Equatable {
        /// How many there are.
        public let count: Int
        /// Where the first one in C order is, such as `c 0, y 17, x 203`.
        public let place: String
        /// What is there, and what the test tensor has there.
        public let value, expected: Double
    }

    /// Compares; `nil` if the extents differ.
    ///
    /// An element is mismatched where `|a - e| > absolute + relative · |e|`. NaN equals NaN, and an infinity itself.
    public init?(_ actual: AxisTensor, with expected: AxisTensor, tolerance: ReproducibilityTolerance) {
        guard actual.shape == expected.shape else { return nil }
        guard
            case (.float64(let values), .float64(let aims)) = (
                actual.tensor.storage.cast(to: .float64), expected.tensor.storage.cast(to: .float64)
            )
        else { return nil }
        var greatest = 0.0
        var mismatched = 0, notFinite = 0
        var first: Int?
        for (index, (value, aim)) in zip(values, aims).enumerated() where !(value == aim || (value.isNaN && aim.isNaN)) {
            guard value.isFinite, aim.isFinite else {
                notFinite += 1
                mismatched += 1
                first = first ?? index
                continue
            }
            let difference = abs(value - aim)
            greatest = max(greatest, min(difference, .greatestFiniteMagnitude))
            if !(difference <= tolerance.absolute + tolerance.relative * abs(aim)) { mismatched += 1 }
        }
        maxAbsoluteDifference = greatest
        mismatchedPerMillion = values.isEmpty ? 0 : Double(mismatched) * 1e6 / Double(values.count)
        self.notFinite = first.map { index in
            let place = NonFiniteValues.words(of: AxisTensor.place(of: index, in: actual.shape), along: actual.axes)
            return NotFinite(count: notFinite, place: place, value: values[index], expected: aims[index])
        }
    }
}

extension TensorComparison.NotFinite {
    /// All of it in words.
    public var words: String {
        "\(count) \(count == 1 ? "value is" : "values are") NaN or infinite here or in the test tensor and not the same there (the first at "
            + "\(place): \(value), the test tensor has \(expected))"
    }
}
