/// `AffineGrid` (opset 20): the places of an image's pixels, -1…1 along each axis, moved by a matrix for each image.
///
/// Matrices (batch, 2, 3) or (batch, 3, 4); the size (batch, channels, spatial…) is known before the run. Gives (batch, spatial…, axes) with
/// the last spatial axis first, as `GridSample` reads it.
struct AffineGrid: Operator {
    private let node: Node
    private let alignsCorners: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow("align_corners")
        self.node = node
        alignsCorners = try node.flag("align_corners")
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let matrices = try node.required(inputs, 0)
        guard let size = try node.knownExtents(inputs, 1, "the image's extents") else { throw node.error(.graph, "input 1 is missing") }
        guard matrices.elementType.isReal else {
            throw node.error(.unsupported, "the matrices have elements of type \(matrices.elementType.rawValue)")
        }
        let axes = size.count - 2
        guard (2...3).contains(axes), matrices.shape == [size[0], axes, axes + 1], size.allSatisfy({ $0 >= 0 }) else {
            throw node.error(.shape, "matrices of the shape \(matrices.shape) do not fit the size \(size)")
        }
        return [Signature([size[0]] + size[2...] + [axes], matrices.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let matrices = try node.given(inputs, 0).doubles, shape = outputs[0].shape, axes = shape.count - 2
        let spatial = Array(shape[1..<shape.count - 1]), strides = BlockCopy.strides(of: spatial), count = spatial.reduce(1, *)
        var results: [Double] = []
        results.reserveCapacity(outputs[0].count)
        for image in 0..<shape[0] {
            for position in 0..<count {
                // The place with the last spatial axis first, and 1 for the shift.
                let place = spatial.indices.reversed().map { coordinate(position / strides[$0] % spatial[$0], spatial[$0]) } + [1]
                for row in 0..<axes {
                    let start = (image * axes + row) * (axes + 1)
                    results.append(place.indices.reduce(0) { $0 + matrices[start + $1] * place[$1] })
                }
            }
        }
        return [Tensor(shape, doubles: results, as: outputs[0].elementType)]
    }

    private func coordinate(_ index: Int, _ extent: Int) -> Double {
        if alignsCorners { return extent == 1 ? 0 : 2 * Double(index) / Double(extent - 1) - 1 }
        return (2 * Double(index) + 1) / Double(extent) - 1
    }

    /// Places depend on the image's extents.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).indices.map { index == 0 && $0 == 0 ? .same(0) : .whole }
    }
}
