internal import CKernels

/// The vector instructions that the kernels use. `avx2` and `avx512` give the same bits; `baseline` has no fused
/// multiply-add and may differ in the last bit.
public enum InstructionSet: String, Sendable, CaseIterable, Comparable {
    case baseline, avx2, avx512

    /// The best set of this processor.
    public static var best: InstructionSet {
        switch Int(ck_best_instruction_set()) {
        case CK_AVX512: .avx512
        case CK_AVX2: .avx2
        default: .baseline
        }
    }

    /// Slower before faster.
    public static func < (left: InstructionSet, right: InstructionSet) -> Bool { left.level < right.level }

    var level: Int32 {
        switch self {
        case .baseline: Int32(CK_BASELINE)
        case .avx2: Int32(CK_AVX2)
        case .avx512: Int32(CK_AVX512)
        }
    }
}
