/// `CenterCropPad`: the middle of each axis cut out, or zeros put around it.
struct CenterCropPad: Operator {
    private let node: Node
    private let attributeAxes: [Int]?

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow("axes")
        self.node = node
        attributeAxes = try node.ints("axes")
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), axes = try node.axes(attributeAxes ?? Array(input.shape.indices), rank: input.rank)
        guard let extents = try node.knownExtents(inputs, 1, "the extents"), extents.count == axes.count, extents.allSatisfy({ $0 >= 0 })
        else { throw node.error(.shape, "expected an extent for each of \(axes.count) axes") }
        var shape = input.shape
        for (axis, extent) in zip(axes, extents) { shape[axis] = extent }
        return [Signature(shape, input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), shape = outputs[0].shape
        let own = BlockCopy.strides(of: input.shape), strides = BlockCopy.strides(of: shape)
        let places = (0..<outputs[0].count).map { position in
            var place = 0
            for axis in shape.indices {
                let index = position / strides[axis] % shape[axis] + CenterCropPad.offset(from: input.shape[axis], to: shape[axis])
                guard index >= 0, index < input.shape[axis] else { return -1 }
                place += index * own[axis]
            }
            return place
        }
        return [input.picked(places, shape: shape)]
    }

    func role(of index: Int) -> InputRole { index == 0 ? .value : .extents }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let shape = inputs[0]?.shape else { return AxisView.parameter(inputs[index]) }
        return shape.indices.map { axis in
            let offset = CenterCropPad.offset(from: shape[axis], to: outputs[0].shape[axis])
            return .window(axis, AxisWindow(scale: .one) { $0.lowerBound + offset...$0.upperBound + offset })
        }
    }

    /// The place of the first result on the input; half the difference, rounded towards 0.
    private static func offset(from extent: Int, to result: Int) -> Int { (extent - result) / 2 }
}
