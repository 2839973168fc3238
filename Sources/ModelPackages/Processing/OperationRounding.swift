internal import NeuralNetwork

/// How a step rounds the result of each of its operations.
///
/// NumPy rounds to float32 after every operation on an array of float32 with plain numbers, and so does bioimageio.core. That shows where
/// a result is cut to whole numbers or compared with a threshold behind the step: the sigmoid of 17 is 1 there, and 0.99999996 in double
/// precision. With lists of numbers along an axis NumPy computes in float64.
struct OperationRounding {
    /// Whether results are rounded to float32; they stay in double precision else.
    let isSingle: Bool

    /// - Parameter hasLists: whether the step has lists of numbers along an axis.
    init(_ tensor: AxisTensor, hasLists: Bool = false) {
        if case .float32 = tensor.tensor.storage { isSingle = !hasLists } else { isSingle = false }
    }

    /// The result of an operation; sums, products and quotients of two float32 that were computed in double precision are then those of
    /// float32.
    @inline(__always)
    func callAsFunction(_ value: Double) -> Double { isSingle ? Double(Float(value)) : value }
}
