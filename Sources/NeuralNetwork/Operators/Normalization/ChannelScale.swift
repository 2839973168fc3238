internal import CKernels

/// How the values of one channel are changed: `(value - centre) * factor + summand`.
///
/// The centre is the mean in float32, and what it leaves of the mean is part of the summand: values of a plane that is (nearly) constant
/// lose no digits to the difference of two large products.
struct ChannelScale: Sendable {
    let centre: Float
    let factor: Float
    let summand: Float

    /// To mean 0 by a factor, then shifted.
    init(mean: Double, factor: Double, shift: Float) {
        centre = Float(mean)
        self.factor = Float(factor)
        summand = Float(Double(shift) - (mean - Double(centre)) * factor)
    }

    /// A factor and a summand alone.
    init(factor: Float, summand: Float) {
        centre = 0
        self.factor = factor
        self.summand = summand
    }

    /// Changes values in place.
    func apply(to values: UnsafeMutablePointer<Float>, count: Int) { ck_affine(centre, factor, summand, values, values, Int64(count)) }
}
