/// `Scatter`, `ScatterElements` and `ScatterND`: the first input with elements or slices replaced or combined at listed places.
struct Scattering: Operator {
    private let node: Node
    private let axis: Int
    private let reduction: String

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        if node.operatorType == "ScatterND" { try node.allow("reduction") } else { try node.allow("axis", "reduction") }
        self.node = node
        axis = try node.int("axis") ?? 0
        reduction = try node.string("reduction") ?? "none"
        guard ["none", "add", "mul", "max", "min"].contains(reduction) else {
            throw node.error(.attribute, "reduction is '\(reduction)'; expected none, add, mul, max or min")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), indices = try node.required(inputs, 1), updates = try node.required(inputs, 2)
        guard indices.elementType == .int64 || indices.elementType == .int32, updates.elementType == input.elementType,
            reduction == "none" || input.elementType.isNumber
        else { throw node.error(.shape, "the indices are no integers, or the updates have another type than the input") }
        let fits: Bool
        if node.operatorType == "ScatterND" {
            let length = indices.shape.last ?? 0
            fits =
                indices.rank >= 1 && length <= input.rank
                && updates.shape == Array(indices.shape.dropLast()) + Array(input.shape[min(length, input.rank)...])
        } else {
            let own = try node.axis(axis, rank: input.rank)
            fits =
                indices.shape == updates.shape && indices.rank == input.rank
                && input.shape.indices.allSatisfy { $0 == own || indices.shape[$0] <= input.shape[$0] }
        }
        guard fits else {
            throw node.error(.shape, "the shapes \(input.shape), \(indices.shape) and \(updates.shape) do not fit together")
        }
        return [Signature(type: input.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), updates = try node.given(inputs, 2), places = try places(inputs, input)
        if reduction == "none" {
            var source = Array(0..<input.count)
            for (update, place) in places.enumerated() { source[place] = input.count + update }
            // Input and updates side by side, so that one pick gives the result.
            let both = TensorStorage.filled(type: input.elementType, count: input.count + updates.count) { target in
                input.storage.withBytes { target.copyMemory(from: $0) }
                updates.storage.withBytes { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: target[input.byteCount...]).copyMemory(from: bytes)
                }
            }
            return [Tensor([input.count + updates.count], both).picked(source, shape: input.shape)]
        }
        switch (input.storage, updates.storage) {
        case (.int64(let a), .int64(let b)): return [Tensor(input.shape, .int64(combined(a, b, places)))]
        case (.int32(let a), .int32(let b)): return [Tensor(input.shape, .int32(combined(a, b, places)))]
        case (.int16(let a), .int16(let b)): return [Tensor(input.shape, .int16(combined(a, b, places)))]
        case (.int8(let a), .int8(let b)): return [Tensor(input.shape, .int8(combined(a, b, places)))]
        case (.uint64(let a), .uint64(let b)): return [Tensor(input.shape, .uint64(combined(a, b, places)))]
        case (.uint32(let a), .uint32(let b)): return [Tensor(input.shape, .uint32(combined(a, b, places)))]
        case (.uint16(let a), .uint16(let b)): return [Tensor(input.shape, .uint16(combined(a, b, places)))]
        case (.uint8(let a), .uint8(let b)): return [Tensor(input.shape, .uint8(combined(a, b, places)))]
        default: break
        }
        var results = input.doubles
        for (place, update) in zip(places, updates.doubles) {
            switch reduction {
            case "add": results[place] += update
            case "mul": results[place] *= update
            // NaN stays.
            case "max": results[place] = results[place].isNaN || results[place] > update ? results[place] : update
            default: results[place] = results[place].isNaN || results[place] < update ? results[place] : update
            }
        }
        return [Tensor(input.shape, doubles: results, as: input.elementType)]
    }

    /// Whole numbers with updates combined at places; sums and products wrap around.
    private func combined<Number: FixedWidthInteger>(_ numbers: [Number], _ updates: [Number], _ places: [Int]) -> [Number] {
        var results = numbers
        for (place, update) in zip(places, updates) {
            switch reduction {
            case "add": results[place] &+= update
            case "mul": results[place] = results[place] &* update
            case "max": results[place] = max(results[place], update)
            default: results[place] = min(results[place], update)
            }
        }
        return results
    }

    /// The flat place of each update.
    private func places(_ inputs: [Tensor?], _ input: Tensor) throws(NetworkError) -> [Int] {
        let indexTensor = try node.given(inputs, 1), strides = BlockCopy.strides(of: input.shape)
        guard let indices = indexTensor.integers else { throw node.error(.internalFault, "the indices are no integers") }
        func checked(_ index: Int, _ axis: Int) throws(NetworkError) -> Int {
            let extent = input.shape[axis]
            guard index >= -extent, index < extent else { throw node.error(.shape, "index \(index) on an axis of extent \(extent)") }
            return index < 0 ? index + extent : index
        }
        var places: [Int] = []
        if node.operatorType == "ScatterND" {
            let length = indexTensor.shape[indexTensor.shape.count - 1], size = input.shape[length...].reduce(1, *)
            for row in 0..<(length == 0 ? indexTensor.shape.dropLast().reduce(1, *) : indices.count / length) {
                var start = 0
                for part in 0..<length { start += try checked(indices[row * length + part], part) * strides[part] }
                places += start..<start + size
            }
            return places
        }
        let own = try node.axis(axis, rank: input.shape.count), steps = BlockCopy.strides(of: indexTensor.shape)
        for (update, index) in indices.enumerated() {
            var place = 0
            for axis in input.shape.indices {
                place += strides[axis] * (axis == own ? try checked(index, axis) : update / steps[axis] % indexTensor.shape[axis])
            }
            places.append(place)
        }
        return places
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}
