internal import CKernels

/// A function of one float32 value that has a kernel.
enum ElementFunction: Sendable, Equatable {
    /// Comparisons and roots.
    case simple(_ code: Int)
    /// Exponentials and what is made of them; the same bits on every set of instructions with fused multiply-adds.
    case smooth(_ code: Int)

    /// Computes `count` values; the parameters are those of the kernels, and the target may be the source.
    func apply(
        _ parameters: (Float, Float), _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int,
        _ instructions: InstructionSet
    ) {
        switch self {
        case .simple(let code): ck_unary(Int32(code), parameters.0, parameters.1, source, target, Int64(count))
        case .smooth(let code): ck_function(Int32(code), parameters.0, source, target, Int64(count), instructions.level)
        }
    }
}
