package import NeuralNetwork

/// The values of a tensor in the floating-point type in which a step computes its result.
package enum RealValues: Sendable, Equatable {
    case single([Float])
    case double([Double])

    /// Whole numbers of up to 16 bits are exact in `float32`; wider ones become `float64`.
    package init(_ storage: TensorStorage) {
        switch storage {
        case .float32(let values): self = .single(values)
        case .uint8(let values): self = .single(values.map(Float.init))
        case .int8(let values): self = .single(values.map(Float.init))
        case .uint16(let values): self = .single(values.map(Float.init))
        case .bool(let values): self = .single(values.map { $0 ? 1 : 0 })
        case .int16(let values): self = .single(values.map(Float.init))
        case .float16(let values): self = .single(values.map(Float.init))
        case .bfloat16(let values): self = .single(values.map(\.value))
        case .narrow(let values): self = .single(values.values)
        case .float64(let values): self = .double(values)
        case .uint32(let values): self = .double(values.map(Double.init))
        // `Double.init` would take 64 bits as a bit pattern.
        case .uint64(let values): self = .double(values.map { Double($0) })
        case .int32(let values): self = .double(values.map(Double.init))
        case .int64(let values): self = .double(values.map(Double.init))
        }
    }

    /// The same as a tensor's elements.
    package var storage: TensorStorage {
        switch self {
        case .single(let values): .float32(values)
        case .double(let values): .float64(values)
        }
    }

    /// Changes each value by its group's parameters; computed in double precision, rounded once, or not at all where results are wider.
    func mapped(by groups: AxisGroups, widening: Bool = false, _ change: (Double, Int) -> Double) -> RealValues {
        switch self {
        case .single(let values) where widening: .double(changed(values.map(Double.init), groups, change))
        case .single(let values): .single(changed(values, groups, change))
        case .double(let values): .double(changed(values, groups, change))
        }
    }

    @inline(__always)
    private func changed<Value: BinaryFloatingPoint>(
        _ values: [Value], _ groups: AxisGroups, _ change: (Double, Int) -> Double
    ) -> [Value] {
        var result = values
        groups.forEachRow { start, length, group, step in
            var group = group
            for index in start..<start + length {
                result[index] = Value(change(Double(values[index]), group))
                group += step
            }
        }
        return result
    }
}

extension AxisTensor {
    /// The tensor with each value changed.
    func mapped(by groups: AxisGroups, widening: Bool = false, _ change: (Double, Int) -> Double) -> AxisTensor {
        with(RealValues(tensor.storage).mapped(by: groups, widening: widening, change).storage)
    }

    /// The tensor with other values of the same count.
    func with(_ storage: TensorStorage) -> AxisTensor {
        guard let tensor = Tensor(shape: tensor.shape, storage: storage), let result = AxisTensor(axes: axes, tensor: tensor) else {
            preconditionFailure("a step keeps the number of values")
        }
        return result
    }
}
