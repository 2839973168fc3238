internal import CKernels

/// The blocks of one run: converts between plain tensors and blocks, and runs the steps that work on blocks.
struct BlockedRun {
    let graph: CompiledGraph
    let plan: BlockPlan
    let context: RunContext
    /// The memory for all blocks, aligned to 64 bytes, valid as long as this value is used.
    let memory: UnsafeMutablePointer<Float>

    /// Runs a step; the plain tensor of its result if something reads it as one.
    ///
    /// - Parameter type: of the result.
    func run(_ step: CompiledGraph.Step, _ form: BlockPlan.Step, inputs: [Tensor?], type: TensorType?) throws(NetworkError) -> Tensor? {
        if form.form == .leaving {
            guard let operation = step.operation as? any BlockedOperator, let type else {
                throw step.node.error(.internalFault, "has no planned type")
            }
            return try operation.runLeaving(sources(step, inputs), output: type, context: context)
        }
        guard let output = value(form.output), let operation = step.operation as? any BlockedOperator else {
            throw step.node.error(.internalFault, "has no place for its result")
        }
        if form.form != .view {
            var sources = sources(step, inputs)
            if let packed = form.packed.map({ place($0) }), let tensor = inputs.first ?? nil {
                try pack(tensor, into: packed, step.node)
                sources[0] = .blocked(packed)
            }
            try operation.runBlocked(sources, into: output, context: context)
        }
        return form.unpacks ? try unpacked(output) : nil
    }

    private func sources(_ step: CompiledGraph.Step, _ inputs: [Tensor?]) -> [BlockedSource] {
        zip(step.inputs, inputs).map { number, tensor -> BlockedSource in
            if let number, let value = value(number) { return .blocked(value) }
            return tensor.map { .plain($0) } ?? .absent
        }
    }

    private func value(_ number: Int) -> BlockedValue? { plan.values[number].map { place($0) } }

    private func place(_ placed: BlockPlan.Placed) -> BlockedValue {
        BlockedValue(shape: placed.shape, blocks: placed.offsets.map { memory + $0 })
    }

    private func pack(_ tensor: Tensor, into value: BlockedValue, _ node: Node) throws(NetworkError) {
        guard case .float32(let values) = tensor.storage else { throw node.error(.internalFault, "the input is not float32") }
        try values.withBase { (source) throws(NetworkError) in
            try each(value) { block, start, channels, places in ck_pack_block(source + start, channels, places, block) }
        }
    }

    private func unpacked(_ value: BlockedValue) throws(NetworkError) -> Tensor {
        let shape = [value.shape.images, value.shape.channels] + value.shape.spatial
        let values = try floats(count: shape.reduce(1, *)) { (target) throws(NetworkError) in
            try each(value) { block, start, channels, places in ck_unpack_block(block, channels, places, target + start, places) }
        }
        return Tensor(shape, .float32(values))
    }

    /// Each block with the place of its first channel in the plain tensor, its channels and its places.
    private func each(
        _ value: BlockedValue, _ body: (UnsafeMutablePointer<Float>, Int, Int64, Int64) -> Void
    ) throws(NetworkError) {
        let shape = value.shape, perImage = shape.blocksPerImage
        try Parallel.run(threads: context.threads, blocks: value.blocks.count) { index, _ in
            let (image, block) = index.quotientAndRemainder(dividingBy: perImage)
            let start = (image * shape.channels + block * Int(CK_LANES)) * shape.places
            body(value.blocks[index], start, Int64(shape.channels(of: block)), Int64(shape.places))
        }
    }
}

extension [Float] {
    /// The elements as kernels take them; the closure is not called for an empty array.
    func withBase(_ body: (UnsafePointer<Float>) throws(NetworkError) -> Void) throws(NetworkError) {
        var failure: NetworkError?
        withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            do throws(NetworkError) { try body(base) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
