/// What one node does. One small file for each family of operators; `OperatorRegistry` lists them.
///
/// `init` checks everything that the file alone decides (opset, attributes, number of inputs); `infer` checks shapes and
/// element types; `run` computes. An operator holds no state that a run changes.
protocol Operator: Sendable {
    /// Checks opset and attributes.
    init(_ node: Node) throws(NetworkError)

    /// The outputs' shapes and types, and their values where these do not depend on pixels. Inputs that are left out are `nil`.
    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature]

    /// Computes the outputs, of the types that `infer` gave. An operator may take an input out and change it in place.
    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor]

    /// How each axis of input `index` is seen by the outputs: the base of tiling.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView]
}

/// What an operator may use of the machine.
struct RunContext: Sendable {
    /// Threads that share the work.
    let threads: Int
    /// Vector instructions of the kernels.
    let instructions: InstructionSet
    /// Who multiplies matrices.
    let products: RunOptions.Products
    /// How steps on channel blocks convolve; `nil` where there are none.
    var convolutions: RunOptions.Convolutions?
    /// Memory that the threads of an operator share, kept from operator to operator.
    var scratch = SpareMemory()
}

extension RunContext {
    /// A run as the options say, on this processor.
    init(_ options: RunOptions, scratch: SpareMemory) {
        self.init(
            threads: max(1, options.threads), instructions: min(options.instructions ?? .best, .best), products: options.products,
            convolutions: options.blockedConvolutions, scratch: scratch)
    }
}

/// How the outputs of a node see one axis of an input.
enum AxisView: Sendable {
    /// Output position `o` on this output axis reads input position `o`.
    case same(Int)
    /// A range of positions on this output axis reads a range of input positions.
    case window(Int, AxisWindow)
    /// Every output position reads the whole axis, or positions that depend on the axis's extent.
    case whole
    /// The axis has nothing to do with places in an image: weights, or extent 1 that is broadcast.
    case detached
}

/// Which input positions a range of output positions reads, on an axis without ends.
struct AxisWindow: Sendable {
    /// Output positions for one input position.
    let scale: Ratio
    /// Output positions whose last bits depend on their place in a group of so many, counted from the first.
    var grid = 1
    /// The input positions that an inclusive range of output positions reads.
    let read: @Sendable (ClosedRange<Int>) -> ClosedRange<Int>
}

extension AxisView {
    /// The axes of an operand that is broadcast to a shape.
    static func broadcast(_ operand: [Int], to shape: [Int]) -> [AxisView] {
        operand.indices.map { axis in
            let target = axis + shape.count - operand.count
            return operand[axis] == 1 && shape[target] != 1 ? .detached : .same(target)
        }
    }

    /// All axes keep their places.
    static func identity(_ shape: [Int]) -> [AxisView] { shape.indices.map { .same($0) } }

    /// No axis has to do with places.
    static func detached(_ signature: Signature?) -> [AxisView] { (signature?.shape ?? []).map { _ in .detached } }
}

extension Operator {
    /// The float32 input at an index.
    func floatInput(_ inputs: inout [Tensor?], _ index: Int, _ node: Node) throws(NetworkError) -> [Float] {
        guard let values = inputs[index]?.takeFloats() else {
            throw node.error(.internalFault, "input \(index) is not float32")
        }
        return values
    }
}

extension Node {
    /// The signature of an input that must be there.
    func required(_ inputs: [Signature?], _ index: Int) throws(NetworkError) -> Signature {
        guard index < inputs.count, let input = inputs[index] else { throw error(.graph, "input \(index) is missing") }
        return input
    }

    /// A float32 input that must be there.
    func floatSignature(_ inputs: [Signature?], _ index: Int = 0) throws(NetworkError) -> Signature {
        let input = try required(inputs, index)
        guard input.elementType == .float32 else {
            throw error(
                .unsupported, "input \(index) has elements of type \(input.elementType.rawValue); the core computes this in float32")
        }
        return input
    }

    /// The integers that an input holds; they must be known before the run. Beyond 2^31 they are cut, as ends of slices may be anything.
    func knownIntegers(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) -> [Int]? {
        try checkCount(inputs, index, meaning)
        return try known(inputs, index, meaning)?.map { max(-TensorReader.largestExtent, min(TensorReader.largestExtent, $0)) }
    }

    /// The integers that an input holds, which must be known before the run and no larger than extents may be.
    func knownExtents(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) -> [Int]? {
        try checkCount(inputs, index, meaning)
        guard let values = try known(inputs, index, meaning) else { return nil }
        let range = -TensorReader.largestExtent...TensorReader.largestExtent
        guard let beyond = values.first(where: { !range.contains($0) }) else { return values }
        throw error(.limit, "\(meaning) hold \(beyond); expected numbers up to \(TensorReader.largestExtent)")
    }

    /// Refuses lists that are too long by their extents, before their numbers are read.
    private func checkCount(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) {
        guard index < inputs.count, let count = inputs[index]?.shape.first, count > 4096 else { return }
        throw error(.attribute, "\(meaning) are \(count) numbers; expected one for an axis or an output, at most 4096")
    }

    private func known(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) -> [Int]? {
        guard index < inputs.count, let input = inputs[index] else { return nil }
        guard let value = input.value else {
            throw error(.unknownBeforeRun, "\(meaning) depend on values that only a run has")
        }
        guard let integers = value.integers else {
            throw error(.shape, "\(meaning) have the type \(input.elementType.rawValue); expected integers")
        }
        return integers
    }

    /// An axis counted from the front; negative ones count from the end.
    func axis(_ axis: Int, rank: Int) throws(NetworkError) -> Int {
        guard axis >= -rank, axis < rank else { throw error(.shape, "axis \(axis) of a tensor with \(rank) axes") }
        return axis < 0 ? axis + rank : axis
    }

    /// Axes counted from the front, each once.
    func axes(_ axes: [Int], rank: Int) throws(NetworkError) -> [Int] {
        var result: [Int] = []
        for entry in axes { result.append(try axis(entry, rank: rank)) }
        guard Set(result).count == result.count else { throw error(.shape, "axes \(axes) name one axis twice") }
        return result
    }
}
