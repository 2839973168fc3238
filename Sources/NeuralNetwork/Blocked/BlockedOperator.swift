/// An operator that can also compute on channel blocks (`BlockedShape`), the layout in which convolutions are fastest.
protocol BlockedOperator: Operator {
    /// How the operator would compute, given how its inputs lie; `nil` if it works on plain tensors only.
    func blockedForm(_ inputs: [BlockedArgument], output: BlockedShape) -> BlockedForm?

    /// Computes the blocks of the result; for a form that is no view.
    func runBlocked(_ inputs: [BlockedSource], into output: BlockedValue, context: RunContext) throws(NetworkError)

    /// Whether the operator, without a form on blocks, reads blocks and gives a plain tensor.
    func leavesBlocks(_ inputs: [BlockedArgument]) -> Bool

    /// Computes the plain tensor from blocks.
    func runLeaving(_ inputs: [BlockedSource], output: TensorType, context: RunContext) throws(NetworkError) -> Tensor
}

extension BlockedOperator {
    func leavesBlocks(_ inputs: [BlockedArgument]) -> Bool { false }

    func runLeaving(_ inputs: [BlockedSource], output: TensorType, context: RunContext) throws(NetworkError) -> Tensor {
        throw NetworkError(.internalFault, "an operator on blocks gives no plain tensor")
    }
}

/// What is known of an input before a run.
enum BlockedArgument {
    case blocked(BlockedShape)
    case plain(TensorType)
    /// The same tensor in every run.
    case constant(TensorType)
    case absent

    var blocked: BlockedShape? { if case .blocked(let shape) = self { shape } else { nil } }
    var isConstant: Bool { if case .constant = self { true } else { false } }
    var isAbsent: Bool { if case .absent = self { true } else { false } }
}

/// How a step works on blocks.
enum BlockedForm: Equatable {
    /// It reads the blocks of its inputs, and plain inputs as they are.
    case computed
    /// As `computed`, and the first input, which is plain, is put into blocks before.
    case packed
    /// The blocks of the inputs, one after the other, are the result: nothing is computed or copied.
    case view
    /// It reads the blocks of its inputs; its result is a plain tensor.
    case leaving
}

/// An input of a step that works on blocks.
enum BlockedSource {
    case blocked(BlockedValue)
    case plain(Tensor)
    case absent

    var blocked: BlockedValue? { if case .blocked(let value) = self { value } else { nil } }
    var plain: Tensor? { if case .plain(let tensor) = self { tensor } else { nil } }
}

/// A value in blocks during a run: where each block lies, image by image. The pointers are valid until the run ends.
struct BlockedValue {
    let shape: BlockedShape
    let blocks: [UnsafeMutablePointer<Float>]

    /// Floats from a block to the next one, for values whose blocks all lie at the same distance, as those of every result do.
    var blockStep: Int { blocks.count > 1 ? blocks[1] - blocks[0] : shape.blockFloats }

    /// The blocks of one image as the kernels take them.
    func blocks(of image: Int) -> [UnsafePointer<Float>?] {
        blocks[image * shape.blocksPerImage..<(image + 1) * shape.blocksPerImage].map { UnsafePointer($0) }
    }
}
