internal import ModelPackages
internal import NeuralNetwork

/// Puts the inner parts of the tiles' results side by side, cropped to the image.
struct Stitcher {
    private let outputs: [TensorDescription]
    let tiling: ModelTiling
    private var pieces: [String: Piece] = [:]

    /// An output under construction.
    private struct Piece {
        var shape: [Int]
        var values: RealValues
    }

    init(_ outputs: [TensorDescription], _ tiling: ModelTiling) {
        self.outputs = outputs
        self.tiling = tiling
    }

    /// Takes the results of one tile.
    mutating func place(_ results: [String: AxisTensor], of tile: TilePlan.Tile) throws(InferenceError) {
        for output in outputs {
            guard let result = results[output.id] else { continue }
            try InferenceError.passingOn { () throws(PackageError) in try output.checkExactness(of: result) }
            let (source, target, full) = try placement(of: output, result, tile), values = output.stepValues(result.tensor.storage)
            var piece = pieces[output.id] ?? Piece(shape: full, values: RealValues(zeros: full.reduce(1, *), like: values))
            guard piece.shape == full else {
                throw .unfitOutput(output: output.id, found: "extents that differ from tile to tile", remedy: "run the image whole")
            }
            pieces[output.id] = nil
            values.copy(result.shape, source, into: &piece.values, full, at: target.map(\.lowerBound))
            pieces[output.id] = piece
        }
    }

    /// The finished outputs, before postprocessing.
    func finish() throws(InferenceError) -> [String: AxisTensor] {
        var tensors: [String: AxisTensor] = [:]
        for output in outputs {
            guard let piece = pieces[output.id], let tensor = Tensor(shape: piece.shape, storage: piece.values.storage) else { continue }
            tensors[output.id] = AxisTensor(axes: output.axisIDs, tensor: tensor)
        }
        return tensors
    }

    /// What is taken from a tile's result, where it goes, and the extents of the whole.
    func placement(
        of output: TensorDescription, _ result: AxisTensor, _ tile: TilePlan.Tile
    ) throws(InferenceError) -> (source: [Range<Int>], target: [Range<Int>], full: [Int]) {
        try placement(of: output, axes: result.axes, shape: result.shape, tile)
    }

    /// The same for a result of which only the extents are known.
    func placement(
        of output: TensorDescription, axes: [String], shape: [Int], _ tile: TilePlan.Tile
    ) throws(InferenceError) -> (source: [Range<Int>], target: [Range<Int>], full: [Int]) {
        var source: [Range<Int>] = []
        var target: [Range<Int>] = []
        let full = tiling.extents[output.id] ?? shape, followed = tiling.sample.outputAxes[output.id] ?? []
        for (place, (axis, extent)) in zip(axes, shape).enumerated() {
            var origin = 0
            var kept = 0..<(place < full.count ? full[place] : 0)
            if place < followed.count, let index = followed[place], let scale = tiling.scales[output.id]?[index] {
                origin = tile.window[index].lowerBound * scale.numerator / scale.denominator
                kept = tiling.kept(tile, index, scale, of: kept.count)
            }
            guard full.count == shape.count, kept.isEmpty || origin <= kept.lowerBound && kept.upperBound <= origin + extent else {
                throw .unfitOutput(
                    output: output.id,
                    found: "elements \(origin) to \(origin + extent) along \(axis) for a window from which \(kept) were expected",
                    remedy: "run the image whole, or describe the extents that the network takes")
            }
            source.append(kept.isEmpty ? 0..<0 : kept.lowerBound - origin..<kept.upperBound - origin)
            target.append(kept)
        }
        return (source, target, full)
    }

    static func copy<Value>(
        _ values: [Value], _ shape: [Int], _ source: [Range<Int>], into result: inout [Value], _ full: [Int], at target: [Int]
    ) {
        guard let row = source.last, source.allSatisfy({ !$0.isEmpty }) else {
            if shape.isEmpty { result = values }
            return
        }
        let outer = source.dropLast()
        var position = outer.map(\.lowerBound)
        while true {
            var from = 0
            var to = 0
            for axis in outer.indices {
                from = from * shape[axis] + position[axis]
                to = to * full[axis] + target[axis] + position[axis] - source[axis].lowerBound
            }
            from = from * shape[outer.count] + row.lowerBound
            to = to * full[outer.count] + target[outer.count]
            result.replaceSubrange(to..<to + row.count, with: values[from..<from + row.count])
            guard var axis = outer.indices.last else { return }
            position[axis] += 1
            while position[axis] == source[axis].upperBound {
                position[axis] = source[axis].lowerBound
                guard axis > 0 else { return }
                axis -= 1
                position[axis] += 1
            }
        }
    }
}

extension ModelTiling {
    /// The elements of an output that a tile gives along an axis, of `extent` in all; the last tile gives what is left.
    func kept(_ tile: TilePlan.Tile, _ axis: Int, _ scale: Ratio, of extent: Int) -> Range<Int> {
        let inner = tile.inner[axis], isLast = inner.upperBound == plan.coveredExtents[axis]
        let low = min(extent, inner.lowerBound * scale.numerator / scale.denominator)
        return low..<(isLast ? extent : max(low, min(extent, inner.upperBound * scale.numerator / scale.denominator)))
    }
}

extension AxisTensor {
    /// The first elements along each axis, as steps compute with them; the tensor itself unless it is the longer one.
    func cropped(to full: [Int]) -> AxisTensor {
        guard full.count == shape.count, full != shape, zip(full, shape).allSatisfy({ $0 > 0 && $0 <= $1 }) else { return self }
        let own = RealValues(tensor.storage)
        var values = RealValues(zeros: full.reduce(1, *), like: own)
        own.copy(shape, full.map { 0..<$0 }, into: &values, full, at: full.map { _ in 0 })
        return Tensor(shape: full, storage: values.storage).flatMap { AxisTensor(axes: axes, tensor: $0) } ?? self
    }

    /// The values as `float32`; booleans are 0 and 1.
    var floatValues: [Float] {
        switch tensor.storage {
        case .float32(let values): values
        case .float64(let values): values.map { Float($0) }
        case .float16(let values): values.map { Float($0) }
        case .bfloat16(let values): values.map(\.value)
        case .narrow(let values): values.values
        case .uint64(let values): values.map { Float($0) }
        case .uint32(let values): values.map { Float($0) }
        case .int16(let values): values.map { Float($0) }
        case .int64(let values): values.map { Float($0) }
        case .int32(let values): values.map { Float($0) }
        case .int8(let values): values.map { Float($0) }
        case .uint8(let values): values.map { Float($0) }
        case .uint16(let values): values.map { Float($0) }
        case .bool(let values): values.map { $0 ? 1 : 0 }
        }
    }
}
