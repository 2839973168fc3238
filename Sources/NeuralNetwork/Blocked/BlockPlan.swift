/// Which steps of a plan work on channel blocks, and where the blocks of each value lie in one piece of memory.
///
/// A value's blocks share memory with those of values that are no longer read. A concatenation whose parts are whole blocks
/// has no memory of its own.
struct BlockPlan: Sendable {
    /// A value in blocks: where each block begins, in floats, image by image.
    struct Placed: Sendable {
        let shape: BlockedShape
        var offsets: [Int]
    }

    /// A step that works on blocks.
    struct Step: Sendable {
        let form: BlockedForm
        let output: Int
        /// Where the first input is put into blocks; for the form `packed`.
        var packed: Placed?
        /// Whether the result is needed as a plain tensor too.
        var unpacks: Bool
    }

    /// By position in the plan; `nil` for steps on plain tensors.
    private(set) var steps: [Step?]
    /// The values in blocks.
    private(set) var values: [Int: Placed] = [:]
    /// Floats of the memory for all blocks.
    private(set) var floats = 0
    /// How convolutions are computed.
    let convolutions: RunOptions.Convolutions
    /// The values in blocks that also exist as plain tensors during a run.
    private var unpacked: Set<Int> = []

    /// Networks with more steps run on plain tensors: laying out the memory takes a time that grows with the square of the steps.
    static let mostSteps = 10_000

    init(graph: CompiledGraph, steps positions: [Int], types: [TensorType?], convolutions: RunOptions.Convolutions) {
        self.convolutions = convolutions
        steps = []
        var memory = BlockMemory()
        var parts: [Int: [BlockMemory.Part]] = [:]
        var shapes: [Int: BlockedShape] = [:]
        for (position, index) in positions.enumerated() {
            let step = graph.steps[index]
            let arguments = step.inputs.map { value -> BlockedArgument in
                guard let value else { return .absent }
                if let shape = shapes[value] { return .blocked(shape) }
                if let constant = graph.constants[value] {
                    return .constant(TensorType(shape: constant.shape, elementType: constant.elementType))
                }
                return types[value].map { .plain($0) } ?? .absent
            }
            guard let operation = step.operation as? any BlockedOperator, step.outputs.compactMap(\.self).count == 1,
                let output = step.outputs.first ?? nil, let shape = types[output].flatMap({ BlockedShape($0) })
            else {
                steps.append(nil)
                continue
            }
            let read = step.inputs.compactMap { $0.flatMap { parts[$0] } }
            guard let form = operation.blockedForm(arguments, output: shape) else {
                let leaves = operation.leavesBlocks(arguments)
                if leaves { for part in read.joined() { memory.extend(part, to: position) } }
                steps.append(leaves ? Step(form: .leaving, output: output, packed: nil, unpacks: false) : nil)
                continue
            }
            for part in read.joined() { memory.extend(part, to: position) }
            shapes[output] = shape
            if form == .view {
                parts[output] = (0..<shape.images).flatMap { image in
                    read.flatMap { list in list[list.count / shape.images * image..<list.count / shape.images * (image + 1)] }
                }
            } else {
                parts[output] = memory.add(shape, at: position)
            }
            var next = Step(form: form, output: output, packed: nil, unpacks: false)
            if form == .packed, let value = step.inputs.first ?? nil, let source = types[value].flatMap({ BlockedShape($0) }) {
                // Placed below, when all lifetimes are known.
                next.packed = Placed(shape: source, offsets: memory.add(source, at: position).map(\.buffer))
            }
            steps.append(next)
        }
        let offsets = memory.place()
        floats = memory.floats
        for (value, list) in parts {
            guard let shape = shapes[value] else { continue }
            values[value] = Placed(shape: shape, offsets: list.map { offsets[$0.buffer] + $0.start })
        }
        finish(graph, positions, offsets)
    }

    /// Places packed inputs and marks the results that steps on plain tensors, or the caller, read.
    private mutating func finish(_ graph: CompiledGraph, _ positions: [Int], _ offsets: [Int]) {
        var plain = Set(graph.outputs)
        for (position, index) in positions.enumerated() where steps[position] == nil {
            plain.formUnion(graph.steps[index].inputs.compactMap(\.self))
        }
        for position in steps.indices {
            guard var step = steps[position] else { continue }
            step.unpacks = step.form != .leaving && plain.contains(step.output)
            if step.unpacks { unpacked.insert(step.output) }
            if let packed = step.packed, let buffer = packed.offsets.first {
                step.packed = Placed(
                    shape: packed.shape, offsets: packed.offsets.indices.map { offsets[buffer] + $0 * packed.shape.blockFloats })
            }
            steps[position] = step
        }
    }

    /// Whether a value also exists as a plain tensor during a run.
    func isPlain(_ value: Int) -> Bool { values[value] == nil || unpacked.contains(value) }
}
