internal import ModelPackages
internal import NeuralNetwork

/// Tensors mirrored along axes.
enum Mirror {
    static func along(_ axes: [Int], _ tensor: AxisTensor) -> AxisTensor {
        guard !axes.isEmpty, let mirrored = Tensor(shape: tensor.shape, storage: along(axes, tensor.tensor.storage, tensor.shape)) else {
            return tensor
        }
        return AxisTensor(axes: tensor.axes, tensor: mirrored) ?? tensor
    }

    private static func along(_ axes: [Int], _ storage: TensorStorage, _ shape: [Int]) -> TensorStorage {
        switch storage {
        case .float32(let values): .float32(along(axes, values, shape))
        case .float64(let values): .float64(along(axes, values, shape))
        case .float16(let values): .float16(along(axes, values, shape))
        case .bfloat16(let values): .bfloat16(along(axes, values, shape))
        case .int64(let values): .int64(along(axes, values, shape))
        case .int32(let values): .int32(along(axes, values, shape))
        case .int16(let values): .int16(along(axes, values, shape))
        case .int8(let values): .int8(along(axes, values, shape))
        case .uint64(let values): .uint64(along(axes, values, shape))
        case .uint32(let values): .uint32(along(axes, values, shape))
        case .uint16(let values): .uint16(along(axes, values, shape))
        case .uint8(let values): .uint8(along(axes, values, shape))
        case .bool(let values): .bool(along(axes, values, shape))
        case .narrow(let values): .narrow(NarrowElements(values.elementType, codes: along(axes, values.codes, shape)))
        }
    }

    static func along<Element>(_ axes: [Int], _ values: [Element], _ shape: [Int]) -> [Element] {
        guard !axes.isEmpty, let row = shape.last, row > 0 else { return values }
        let outer = shape.count - 1, flipsRow = axes.contains(outer)
        var result: [Element] = []
        result.reserveCapacity(values.count)
        for number in 0..<values.count / row {
            var rest = number, source = 0, step = 1
            for axis in (0..<outer).reversed() {
                let place = rest % shape[axis]
                rest /= shape[axis]
                source += (axes.contains(axis) ? shape[axis] - 1 - place : place) * step
                step *= shape[axis]
            }
            let part = values[source * row..<(source + 1) * row]
            if flipsRow { result.append(contentsOf: part.reversed()) } else { result.append(contentsOf: part) }
        }
        return result
    }
}
