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

    /// The function of each value.
    func applied(to values: [Float], threads: Int) throws(NetworkError) -> [Float] {
        let function = self == .relu ? CK_UNARY_RELU : CK_UNARY_LEAKY_RELU
        if self == .none { return values }
        return try floats(count: values.count) { (target) throws(NetworkError) in
            try values.withBase { (source) throws(NetworkError) in
                try Parallel.elements(values.count, threads: threads) { range in
                    ck_unary(Int32(function), slope, 0, source + range.lowerBound, target + range.lowerBound, Int64(range.count))
                }
            }
        }
    }

    var slope: Float { if case .leakyRelu(let slope) = self { slope } else { 0 } }
}
