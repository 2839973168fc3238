/// An operator whose results' extents depend on values. It computes as soon as all its inputs are known: while a plan is made if
/// they follow from shapes and constants, else during the run.
protocol ValueDependent: Operator {
    /// The node, for errors.
    var node: Node { get }

    /// Computes the outputs.
    func compute(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor]
}

extension ValueDependent {
    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] { try inferFromValues(inputs) }

    /// The results, from inputs whose values are all known.
    func inferFromValues(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        var tensors: [Tensor?] = []
        for input in inputs {
            guard let input else {
                tensors.append(nil)
                continue
            }
            guard let value = input.value else {
                throw node.error(.unknownBeforeRun, "the results' extents depend on values that only a run has")
            }
            tensors.append(value)
        }
        return try compute(tensors).map { Signature($0) }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        try compute(inputs)
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}

extension Node {
    /// An input that must be there at run time.
    func given(_ inputs: [Tensor?], _ index: Int) throws(NetworkError) -> Tensor {
        guard index < inputs.count, let input = inputs[index] else { throw error(.graph, "input \(index) is missing") }
        return input
    }

    /// The value of an input that must be known before the run; `nil` if the input is left out.
    func knownValue(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) -> Tensor? {
        guard index < inputs.count, let input = inputs[index] else { return nil }
        guard let value = input.value else { throw error(.unknownBeforeRun, "\(meaning) depends on values that only a run has") }
        return value
    }
}

extension Tensor {
    /// The elements as double precision; whole numbers beyond 2^53 are rounded.
    public var doubles: [Double] {
        if case .float64(let values) = storage { return values }
        if case .float64(let values) = cast(to: .float64).storage { return values }
        return []
    }

    /// A tensor of a type from numbers in double precision.
    init(_ shape: [Int], doubles: [Double], as type: ElementType) {
        self = Tensor(shape, .float64(doubles)).cast(to: type)
    }

    /// The elements at flat places, under a shape; a place of -1 gives 0.
    func picked(_ places: [Int], shape newShape: [Int]) -> Tensor {
        let bytes = elementType.byteCount
        return Tensor(
            newShape,
            .filled(type: elementType, count: places.count) { target in
                storage.withBytes { source in
                    func pick<Word: BitwiseCopyable>(_: Word.Type) {
                        for (index, place) in places.enumerated() where place >= 0 {
                            target.storeBytes(
                                of: source.load(fromByteOffset: place * bytes, as: Word.self), toByteOffset: index * bytes, as: Word.self)
                        }
                    }
                    switch bytes {
                    case 1: pick(UInt8.self)
                    case 2: pick(UInt16.self)
                    case 4: pick(UInt32.self)
                    default: pick(UInt64.self)
                    }
                }
            })
    }

    /// The tensor under a larger shape to which it broadcasts.
    func expanded(to newShape: [Int]) -> Tensor {
        if newShape == shape { return self }
        let own = BlockCopy.strides(of: shape)
        let strides = newShape.indices.map { axis in
            let place = axis + shape.count - newShape.count
            return place < 0 || shape[place] == 1 ? 0 : own[place]
        }
        return BlockCopy.view(of: self, shape: newShape, strides: strides)
    }

    /// The axes in another order.
    func transposed(_ order: [Int]) -> Tensor {
        let strides = BlockCopy.strides(of: shape)
        return BlockCopy.view(of: self, shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
    }
}
