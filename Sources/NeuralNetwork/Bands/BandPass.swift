internal import CKernels

/// Brings every value of a network as many rows on as new rows of the image allow.
struct BandPass {
    let memory: BandMemory
    /// Rows of the image that have come.
    private(set) var inputRows = 0

    private let graph: BandGraph
    private let context: RunContext
    /// The rows of values that are held, in blocks and as plain tensors.
    private var blocks: [Int: BandedRows] = [:]
    private var plain: [Int: BandedRows] = [:]
    /// How many rows of each value are known, held or not.
    private var known: [Int: Int] = [:]
    /// The steps that read a value's rows, also as part of another value; and after which step the value can be cut.
    private var readers: [Int: [(step: Int, input: Int)]] = [:]
    private var cuts: [[Int]]

    init(_ graph: BandGraph, _ context: RunContext, _ memory: BandMemory) {
        self.graph = graph
        self.context = context
        self.memory = memory
        cuts = graph.steps.map { _ in [] }
        var last: [Int: Int] = [graph.input: 0]
        for (number, step) in graph.steps.enumerated() {
            last[step.output] = number
            for (input, _) in step.views {
                guard let value = step.step.inputs[input] else { continue }
                // The plain form of a value with parts is held by itself.
                for held in Set(graph.roots(value) + [value]) {
                    last[held] = number
                    if case .view = step.kind, !(graph.values[step.output]?.isPlain ?? false) { continue }
                    readers[held, default: []].append((number, input))
                }
            }
        }
        for (value, number) in last { cuts[number].append(value) }
        for (number, value) in graph.values {
            known[number] = 0
            let channels = value.shape[1], lanes = Int(CK_LANES)
            if value.isPlain { plain[number] = BandedRows(planes: channels, rowFloats: value.rowPlaces) }
            if value.isBlocked, value.parts.isEmpty {
                blocks[number] = BandedRows(planes: (channels + lanes - 1) / lanes, rowFloats: value.rowPlaces * lanes)
            }
        }
    }

    /// Takes the image's rows up to `row`; without a tensor it is a rehearsal. Gives back the new rows of the outputs.
    mutating func advance(
        to row: Int, _ tensor: Tensor?
    ) throws(NetworkError) -> [Int: (rows: Range<Int>, tensor: Tensor)] {
        // The caller holds the rows of the image and those of the results.
        let came = floats(graph.input, rows: row - inputRows)
        memory.handOver(came)
        // While these are prepared, each step leaves its result beside what it reads.
        memory.pass(2 * came)
        defer { memory.takeOver() }
        try keep(tensor, of: graph.input, rows: inputRows..<row, from: inputRows)
        inputRows = row
        known[graph.input] = row
        var finished: [Int: (rows: Range<Int>, tensor: Tensor)] = [:]
        for (number, step) in graph.steps.enumerated() {
            let first = known[step.output] ?? 0, end = possible(step, from: first)
            if end > first {
                try compute(step, first..<end)
                known[step.output] = end
                if graph.graph.outputs.contains(step.output) {
                    memory.handOver(floats(step.output, rows: end - first))
                    if let tensor = tensorOfRows(step.output, first..<end) { finished[step.output] = (first..<end, tensor) }
                }
            }
            for value in cuts[number] {
                let row = lowestNeeded(value)
                try blocks[value]?.drop(before: row, memory, threads: context.threads)
                try plain[value]?.drop(before: row, memory, threads: context.threads)
            }
        }
        return finished
    }

    /// All rows of a value.
    func height(_ value: Int) -> Int { graph.values[value]?.height ?? 0 }

    /// The end of the rows of a step's result that can be computed now.
    private func possible(_ step: BandGraph.Step, from first: Int) -> Int {
        var end = height(step.output)
        for (input, view) in step.views {
            guard let value = step.step.inputs[input], let have = known[value], have < height(value) else { continue }
            // The first row that reads what is not there yet, by bisection: rows further down read rows further down.
            var low = first, high = end
            while low < high {
                let middle = (low + high) / 2
                if view.read(middle...middle).upperBound < have { low = middle + 1 } else { high = middle }
            }
            end = low
        }
        return end
    }

    /// The rows of an input that a step takes for rows of its result.
    private func needed(_ step: BandGraph.Step, _ view: BandGraph.View, input: Int, for rows: Range<Int>) -> Range<Int> {
        let all = 0..<(step.step.inputs[input].map { height($0) } ?? 0)
        if case .convolution(_, let window) = step.kind, input == 0, let axis = window.axes.first {
            let first = rows.lowerBound * axis.stride - axis.padBegin
            let end = (rows.upperBound - 1) * axis.stride - axis.padBegin + (axis.kernel - 1) * axis.dilation + 1
            return (first..<end).clamped(to: all)
        }
        let read = view.read(rows.lowerBound...max(rows.lowerBound, rows.upperBound - 1))
        // The first row lies on the grid, so that a row of the part has a row of the result as its own.
        let own = rows.lowerBound * view.scale.denominator / view.scale.numerator
        let first = floorDivide(min(read.lowerBound, own), view.scale.denominator) * view.scale.denominator
        return (max(0, first)..<max(1, first + 1, read.upperBound + 1)).clamped(to: all)
    }

    /// The first row of a value that some step will still read.
    private func lowestNeeded(_ value: Int) -> Int {
        var lowest = Int.max
        for reader in readers[value] ?? [] {
            let step = graph.steps[reader.step], next = known[step.output] ?? 0
            guard next < height(step.output), let view = step.views[reader.input] else { continue }
            lowest = min(lowest, needed(step, view, input: reader.input, for: next..<next + 1).lowerBound)
        }
        return lowest
    }
}

// MARK: - Computing

extension BandPass {
    private mutating func compute(_ step: BandGraph.Step, _ rows: Range<Int>) throws(NetworkError) {
        guard step.form != .view else {
            if graph.values[step.output]?.isPlain ?? false { try unpack(step.output, rows) }
            return
        }
        var operation = step.step.operation
        var inputs: [Int: Range<Int>] = [:]
        for (input, view) in step.views {
            inputs[input] = needed(step, view, input: input, for: rows)
            if case .convolution(let convolution, let window) = step.kind, input == 0, let axis = window.axes.first,
                let range = inputs[input]
            {
                let first = rows.lowerBound * axis.stride - axis.padBegin
                let end = (rows.upperBound - 1) * axis.stride - axis.padBegin + (axis.kernel - 1) * axis.dilation + 1
                operation = convolution.padded(first: (range.lowerBound - first, end - range.upperBound), others: window)
            }
        }
        let signatures = step.step.inputs.enumerated().map { input, value -> Signature? in
            guard let value else { return nil }
            guard let range = inputs[input], var shape = graph.values[value]?.shape else {
                return graph.constants[value].map { Signature($0) }
            }
            shape[2] = range.count
            return Signature(shape, .float32)
        }
        let types = try operation.infer(signatures).map(\.type)
        let inner = operation.heldBytes(step.step.node, inputs: signatures, outputs: types) / MemoryLayout<Float>.stride
        let origin = try origin(of: types[0], step, inputs, rows)
        if step.form == nil {
            try computePlain(operation, step, inputs, types, rows, origin, inner: inner)
        } else if let operation = operation as? any BlockedOperator {
            try computeBlocked(operation, step, inputs, types[0], rows, origin)
        }
    }

    /// The row of the whole result that is the first one of what is computed; what is computed must reach over the wanted rows.
    private func origin(
        of type: TensorType, _ step: BandGraph.Step, _ inputs: [Int: Range<Int>], _ rows: Range<Int>
    ) throws(NetworkError) -> Int {
        var origin = rows.lowerBound
        if case .aligned = step.kind, let (input, range) = inputs.first, let view = step.views[input] {
            origin = range.lowerBound * view.scale.numerator / view.scale.denominator
        }
        guard origin <= rows.lowerBound, origin + type.shape[2] >= rows.upperBound else {
            throw step.step.node.error(.unsupported, "gives rows \(origin) and \(type.shape[2]) more where \(rows) are wanted")
        }
        return origin
    }

    private mutating func computePlain(
        _ operation: any Operator, _ step: BandGraph.Step, _ inputs: [Int: Range<Int>], _ types: [TensorType], _ rows: Range<Int>,
        _ origin: Int, inner: Int
    ) throws(NetworkError) {
        memory.pass(inner + types[0].count + inputs.reduce(0) { $0 + floats(step.step.inputs[$1.key], rows: $1.value.count) })
        guard memory.isReal else { return try keep(nil, of: step.output, rows: rows, from: origin) }
        var arguments = step.step.inputs.enumerated().map { input, value -> Tensor? in
            guard let value else { return nil }
            return inputs[input].flatMap { tensorOfRows(value, $0) } ?? graph.constants[value]
        }
        let results = try operation.results(&arguments, outputs: types, context: context)
        try keep(results.first, of: step.output, rows: rows, from: origin)
    }

    private mutating func computeBlocked(
        _ operation: any BlockedOperator, _ step: BandGraph.Step, _ inputs: [Int: Range<Int>], _ type: TensorType, _ rows: Range<Int>,
        _ origin: Int
    ) throws(NetworkError) {
        guard let shape = BlockedShape(type) else { throw step.step.node.error(.internalFault, "has no blocks") }
        // What is computed beside the wanted rows has no place among those that are held.
        let isExact = origin == rows.lowerBound && type.shape[2] == rows.count
        let beside = isExact ? nil : try memory.take(shape.floats)
        if isExact { try blocks[step.output]?.extend(rows.count, memory, threads: context.threads) }
        var packed: BandBuffer?
        if step.form == .packed, let value = step.step.inputs[0], let range = inputs[0], let source = blockedShape(value, range) {
            packed = try memory.take(source.floats)
        }
        memory.pass(
            inputs.reduce(0) { $0 + (blocks(of: step.step.inputs[$1.key]) ? 0 : floats(step.step.inputs[$1.key], rows: $1.value.count)) })
        let targets = beside?.blocks(shape) ?? pointers(step.output, row: rows.lowerBound)
        if !targets.isEmpty {
            let sources = try step.step.inputs.enumerated().map { (input, value) throws(NetworkError) -> BlockedSource in
                guard let value else { return .absent }
                guard let range = inputs[input] else { return graph.constants[value].map { .plain($0) } ?? .absent }
                if blocks(of: value), let shape = blockedShape(value, range) {
                    return .blocked(BlockedValue(shape: shape, blocks: pointers(value, row: range.lowerBound)))
                }
                guard let tensor = tensorOfRows(value, range) else { return .absent }
                guard let packed, input == 0, let shape = blockedShape(value, range) else { return .plain(tensor) }
                let target = BlockedValue(shape: shape, blocks: packed.blocks(shape))
                try pack(tensor, into: target)
                return .blocked(target)
            }
            try operation.runBlocked(sources, into: BlockedValue(shape: shape, blocks: targets), context: context)
        }
        if let packed { memory.giveBack(packed) }
        if let beside {
            let rowFloats = shape.blockFloats / type.shape[2]
            try blocks[step.output]?.append(rows.count, memory, threads: context.threads) { plane in
                UnsafePointer(beside.base.map { $0 + plane * shape.blockFloats + (rows.lowerBound - origin) * rowFloats })
            }
            memory.giveBack(beside)
        }
        if graph.values[step.output]?.isPlain ?? false { try unpack(step.output, rows) }
    }
}

// MARK: - Rows

extension BandPass {
    private func blocks(of value: Int?) -> Bool { value.map { graph.values[$0]?.isBlocked ?? false } ?? false }

    private func floats(_ value: Int?, rows: Int) -> Int {
        value.flatMap { graph.values[$0] }.map { $0.shape[1] * rows * $0.rowPlaces } ?? 0
    }

    private func blockedShape(_ value: Int, _ rows: Range<Int>) -> BlockedShape? {
        guard var shape = graph.values[value]?.shape else { return nil }
        shape[2] = rows.count
        return BlockedShape(TensorType(shape: shape, elementType: .float32))
    }

    /// Where the blocks of a value begin with a row.
    private func pointers(_ value: Int, row: Int) -> [UnsafeMutablePointer<Float>] {
        graph.roots(value).flatMap { root -> [UnsafeMutablePointer<Float>] in
            guard let rows = blocks[root] else { return [] }
            return (0..<rows.planes).compactMap { rows.pointer(plane: $0, row: row) }
        }
    }

    /// Rows of a plain value as a tensor; `nil` in a rehearsal.
    private func tensorOfRows(_ value: Int, _ range: Range<Int>) -> Tensor? {
        guard memory.isReal, let rows = plain[value], var shape = graph.values[value]?.shape else { return nil }
        shape[2] = range.count
        let count = range.count * rows.rowFloats
        let values = [Float](unsafeUninitializedCapacity: rows.planes * count) { target, initialized in
            for plane in 0..<rows.planes {
                guard let base = target.baseAddress, let source = rows.pointer(plane: plane, row: range.lowerBound) else { return }
                (base + plane * count).update(from: source, count: count)
            }
            initialized = rows.planes * count
        }
        return values.count == shape.reduce(1, *) ? Tensor(shape, .float32(values)) : nil
    }

    /// Holds rows of a plain tensor whose first row is row `origin` of the value.
    private mutating func keep(_ tensor: Tensor?, of value: Int, rows: Range<Int>, from origin: Int) throws(NetworkError) {
        guard let rowFloats = plain[value]?.rowFloats else { return }
        guard let tensor, case .float32(let values) = tensor.storage else {
            try plain[value]?.append(rows.count, memory, threads: 1) { _ in nil }
            return
        }
        let planeFloats = tensor.shape[2] * rowFloats
        var held = plain[value]
        try values.withBase { (base) throws(NetworkError) in
            try held?.append(rows.count, memory, threads: context.threads) {
                base + $0 * planeFloats + (rows.lowerBound - origin) * rowFloats
            }
        }
        plain[value] = held
    }

    private func pack(_ tensor: Tensor, into value: BlockedValue) throws(NetworkError) {
        guard case .float32(let values) = tensor.storage else {
            throw NetworkError(.internalFault, "what is put into blocks of channels is \(tensor.elementType.rawValue), not float32")
        }
        let shape = value.shape
        try values.withBase { (base) throws(NetworkError) in
            try Parallel.run(threads: context.threads, blocks: value.blocks.count) { block, _ in
                ck_pack_block(
                    base + block * Int(CK_LANES) * shape.places, Int64(shape.channels(of: block)), Int64(shape.places), value.blocks[block])
            }
        }
    }

    /// Adds the plain form of rows that are in blocks.
    private mutating func unpack(_ value: Int, _ rows: Range<Int>) throws(NetworkError) {
        guard let shape = blockedShape(value, rows) else { return }
        try plain[value]?.extend(rows.count, memory, threads: context.threads)
        guard let held = plain[value], let base = held.pointer(plane: 0, row: rows.lowerBound) else { return }
        let sources = pointers(value, row: rows.lowerBound), lanes = Int(CK_LANES), step = held.planeStep
        try Parallel.run(threads: context.threads, blocks: sources.count) { block, _ in
            ck_unpack_block(
                sources[block], Int64(shape.channels(of: block)), Int64(shape.places), base + block * lanes * step, Int64(step))
        }
    }
}
