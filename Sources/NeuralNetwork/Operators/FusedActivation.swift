internal import CKernels

/// What a convolution applies to a result before it stores it.
enum FusedActivation: Sendable, Equatable {
    case none
    case relu
    case leakyRelu(Float)

    var code: Int32 {
        switch self {
        case .none: Int32(CK_LINEAR)
        case .relu: Int32(CK_RELU)
        case .leakyRelu: Int32(CK_LEAKY)
        }
    }

    var slope: Float { if case .leakyRelu(let slope) = self { slope } else { 0 } }
}
