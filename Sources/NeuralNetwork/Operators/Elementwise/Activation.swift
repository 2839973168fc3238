internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// Functions of one value: `Relu`, `LeakyRelu`, `Elu`, `Sigmoid`, `Tanh`, `Sqrt`, `Exp`, `Clip`. In float32 by the kernels, in float64
/// by the C library; `Relu` and `Clip` also of whole numbers.
struct Activation: Operator {
    let node: Node
    let function: ElementFunction
    let slope: Float
    let bounds: (low: Float, high: Float)

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        var slope: Float = 0
        var bounds = (low: -Float.infinity, high: Float.infinity)
        switch node.operatorType {
        case "LeakyRelu":
            function = .simple(CK_UNARY_LEAKY_RELU)
            try node.allow("alpha")
            slope = try node.float("alpha") ?? 0.01
        case "Elu":
            function = .simple(CK_UNARY_ELU)
            try node.allow("alpha")
            slope = try node.float("alpha") ?? 1
        case "Clip":
            function = .simple(CK_UNARY_CLIP)
            // From opset 11 the bounds are inputs.
            if node.opset < 11 {
                try node.allow("min", "max")
                bounds = (try node.float("min") ?? -.greatestFiniteMagnitude, try node.float("max") ?? .greatestFiniteMagnitude)
            } else {
                try node.allow()
            }
        default:
            let functions: [String: ElementFunction] = [
                "Relu": .simple(CK_UNARY_RELU), "Sqrt": .simple(CK_UNARY_SQRT), "Sigmoid": .smooth(CK_SIGMOID),
                "Tanh": .smooth(CK_TANH), "Exp": .smooth(CK_EXP),
            ]
            guard let known = functions[node.operatorType] else { throw node.error(.internalFault, "is registered for the wrong operator") }
            function = known
            try node.allow()
        }
        try node.expect(inputs: 1...(node.operatorType == "Clip" && node.opset >= 11 ? 3 : 1))
        self.slope = slope
        self.bounds = bounds
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        let takesIntegers = node.operatorType == "Relu" || node.operatorType == "Clip"
        guard input.elementType.isReal || takesIntegers && input.elementType.isInteger else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        for index in inputs.indices.dropFirst() where inputs[index] != nil {
            let bound = try node.required(inputs, index)
            guard bound.elementType == input.elementType, bound.shape.allSatisfy({ $0 == 1 }) else {
                throw node.error(.shape, "a bound has the shape \(bound.shape); expected one value")
            }
        }
        return [Signature(type: input.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        if inputs[0]?.elementType != .float32 { return [try computed(inputs)] }
        let parameters = parameters(inputs.map { $0?.floats?.first })
        var values = try floatInput(&inputs, 0, node)
        let count = values.count, size = Parallel.elementsPerBlock, function = function
        try transformPlanes(&values, planes: (count + size - 1) / size, size: size, threads: context.threads) { pointer, block in
            function.apply(parameters, pointer, pointer, min(size, count - block * size), context.instructions)
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    /// What the kernel takes beside the values: the slope, or the bounds, of which inputs may hold the first elements given.
    func parameters(_ inputs: [Float?]) -> (Float, Float) {
        guard function == .simple(CK_UNARY_CLIP) else { return (slope, 0) }
        return ((inputs.count > 1 ? inputs[1] : nil) ?? bounds.low, (inputs.count > 2 ? inputs[2] : nil) ?? bounds.high)
    }

    /// The results for other types than float32.
    private func computed(_ inputs: [Tensor?]) throws(NetworkError) -> Tensor {
        let input = try node.given(inputs, 0)
        if input.elementType.isInteger {
            let bounds = (1...2).map { $0 < inputs.count ? inputs[$0] : nil }
            guard
                let storage = input.storage.clamped(low: bounds[0]?.storage, high: bounds[1]?.storage, isRelu: node.operatorType == "Relu")
            else { throw node.error(.unsupported, "clips whole numbers by bounds of another type") }
            return Tensor(input.shape, storage)
        }
        let slope = Double(slope)
        let low = (inputs.count > 1 ? inputs[1]?.doubles.first : nil) ?? Double(bounds.low)
        let high = (inputs.count > 2 ? inputs[2]?.doubles.first : nil) ?? Double(bounds.high)
        let function: (Double) -> Double =
            switch node.operatorType {
            case "Relu": { $0 < 0 ? 0 : $0 }
            case "LeakyRelu": { $0 < 0 ? slope * $0 : $0 }
            case "Elu": { $0 < 0 ? slope * expm1($0) : $0 }
            case "Sigmoid": { 1 / (1 + exp(-$0)) }
            case "Tanh": { tanh($0) }
            case "Sqrt": { $0.squareRoot() }
            case "Exp": { exp($0) }
            default: { min(max($0, low), high) }
            }
        return Tensor(input.shape, doubles: input.doubles.map(function), as: input.elementType)
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index == 0 ? AxisView.identity(outputs[0].shape) : AxisView.parameter(inputs[index])
    }
}

extension TensorStorage {
    /// Whole numbers between bounds of their own type; `nil` for other types.
    fileprivate func clamped(low: TensorStorage?, high: TensorStorage?, isRelu: Bool) -> TensorStorage? {
        func clamp<Element: FixedWidthInteger>(_ values: [Element], _ low: [Element]?, _ high: [Element]?) -> [Element] {
            let floor = low?.first ?? (isRelu ? 0 : Element.min), ceiling = high?.first ?? Element.max
            return values.map { min(max($0, floor), ceiling) }
        }
        return switch self {
        case .int64(let values): .int64(clamp(values, low?.array(of: Int64.self), high?.array(of: Int64.self)))
        case .int32(let values): .int32(clamp(values, low?.array(of: Int32.self), high?.array(of: Int32.self)))
        case .int16(let values): .int16(clamp(values, low?.array(of: Int16.self), high?.array(of: Int16.self)))
        case .int8(let values): .int8(clamp(values, low?.array(of: Int8.self), high?.array(of: Int8.self)))
        case .uint64(let values): .uint64(clamp(values, low?.array(of: UInt64.self), high?.array(of: UInt64.self)))
        case .uint32(let values): .uint32(clamp(values, low?.array(of: UInt32.self), high?.array(of: UInt32.self)))
        case .uint16(let values): .uint16(clamp(values, low?.array(of: UInt16.self), high?.array(of: UInt16.self)))
        case .uint8(let values): .uint8(clamp(values, low?.array(of: UInt8.self), high?.array(of: UInt8.self)))
        default: nil
        }
    }

    /// The elements as an array, where the type is this one.
    func array<Element>(of: Element.Type) -> [Element]? {
        switch self {
        case .int64(let values): values as? [Element]
        case .int32(let values): values as? [Element]
        case .int16(let values): values as? [Element]
        case .int8(let values): values as? [Element]
        case .uint64(let values): values as? [Element]
        case .uint32(let values): values as? [Element]
        case .uint16(let values): values as? [Element]
        case .uint8(let values): values as? [Element]
        case .float32(let values): values as? [Element]
        case .float64(let values): values as? [Element]
        case .float16(let values): values as? [Element]
        case .bfloat16(let values): values as? [Element]
        case .bool(let values): values as? [Element]
        case .narrow: nil
        }
    }
}
