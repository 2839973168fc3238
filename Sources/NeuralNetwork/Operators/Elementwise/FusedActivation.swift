internal import CKernels

/// What a convolution or a product with a constant matrix applies to a result before it stores it.
enum FusedActivation: Sendable, Equatable {
    case none
    case relu
    case leakyRelu(Float)
    /// A function by its code in the kernels, and its factor.
    case smooth(Int, factor: Float)

    var code: Int32 {
        switch self {
        case .none: Int32(CK_LINEAR)
        case .relu: Int32(CK_RELU)
        case .leakyRelu: Int32(CK_LEAKY)
        case .smooth(let function, _): Int32(CK_SMOOTH + function)
        }
    }

    /// The slope for negative values, or the factor of a function.
    var slope: Float {
        switch self {
        case .none, .relu: 0
        case .leakyRelu(let slope): slope
        case .smooth(_, let factor): factor
        }
    }

    /// Whether it is a function that not every kernel has.
    var isSmooth: Bool { if case .smooth = self { true } else { false } }

    /// Computes `count` neighbouring values; the target may be the source.
    func apply(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int, _ instructions: InstructionSet) {
        switch self {
        case .none: if target != source { target.update(from: source, count: count) }
        case .relu: ck_unary(Int32(CK_UNARY_RELU), 0, 0, source, target, Int64(count))
        case .leakyRelu(let slope): ck_unary(Int32(CK_UNARY_LEAKY_RELU), slope, 0, source, target, Int64(count))
        case .smooth(let function, let factor):
            ck_function(Int32(function), factor, source, target, Int64(count), instructions.level)
        }
    }

    /// Applies the function to each value in place.
    func apply(to values: inout [Float], context: RunContext) throws(NetworkError) {
        if self == .none { return }
        let count = values.count, size = Parallel.elementsPerBlock
        try transformPlanes(&values, planes: (count + size - 1) / size, size: size, threads: context.threads) { pointer, block in
            apply(pointer, pointer, min(size, count - block * size), context.instructions)
        }
    }
}

extension FusedActivation {
    /// The function of a step, where the operator before it can apply it; `nil` for other steps.
    init?(_ step: CompiledGraph.Step, _ constants: [Int: Tensor]) {
        if let unary = step.operation as? UnaryFunction, let kernel = unary.kernel, case .smooth(let code) = kernel.function {
            self = .smooth(code, factor: kernel.factor)
            return
        }
        guard let activation = step.operation as? Activation else { return nil }
        switch activation.function {
        case .simple(CK_UNARY_RELU): self = .relu
        case .simple(CK_UNARY_LEAKY_RELU): self = .leakyRelu(activation.slope)
        case .simple(CK_UNARY_CLIP):
            let bounds = step.inputs.dropFirst().map { value in value.flatMap { constants[$0]?.floats?.first } }
            // A bound that only a run has is not known here.
            guard zip(step.inputs.dropFirst(), bounds).allSatisfy({ $0 == nil || $1 != nil }) else { return nil }
            let (low, high) = activation.parameters([nil] + bounds)
            guard low == 0, high >= 0 else { return nil }
            self = .smooth(CK_CAP, factor: high)
        case .smooth(let code): self = .smooth(code, factor: 0)
        default: return nil
        }
    }
}
