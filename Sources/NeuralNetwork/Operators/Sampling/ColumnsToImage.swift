/// `Col2Im` (opset 18): adds the columns of a matrix of patches back to an image of one to three spatial axes.
///
/// Input (batch, channels * taps, patches), the image's and the patches' extents known before the run; gives (batch, channels, spatial…).
/// Patches are added in the order of their taps, in double precision.
struct ColumnsToImage: Operator {
    private let node: Node
    private let geometry: WindowGeometry

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        try node.allow("dilations", "pads", "strides")
        self.node = node
        geometry = try WindowGeometry(node)
    }

    private func window(_ inputs: [Signature?]) throws(NetworkError) -> Window {
        guard let image = try node.knownExtents(inputs, 1, "the image's extents"),
            let block = try node.knownExtents(inputs, 2, "the patches' extents"),
            image.allSatisfy({ $0 > 0 }), block.allSatisfy({ $0 > 0 })
        else { throw node.error(.shape, "the extents of the image or of the patches are not positive") }
        return try geometry.window(over: image, kernelExtents: block, node: node)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), window = try window(inputs)
        guard input.elementType.isNumber else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        guard let taps = Tensor.elementCount(of: window.axes.map(\.kernel)), let patches = Tensor.elementCount(of: window.outputShape),
            input.rank == 3, input.shape[1] % taps == 0, input.shape[2] == patches
        else { throw node.error(.shape, "the input has the shape \(input.shape); expected patches of the image") }
        return [Signature([input.shape[0], input.shape[1] / taps] + window.axes.map(\.input), input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let window = try window(inputs.map { $0.map { Signature($0) } }), input = try node.given(inputs, 0), values = input.doubles
        let walk = WindowWalk(window), taps = walk.taps, patches = walk.count, plane = outputs[0].shape[2...].reduce(1, *)
        var results = [Double](repeating: 0, count: outputs[0].count)
        for image in 0..<input.shape[0] * (input.shape[1] / taps) {
            for patch in 0..<patches {
                walk.forEachTap(patch) { tap, place in results[image * plane + place] += values[(image * taps + tap) * patches + patch] }
            }
        }
        return [Tensor(outputs[0].shape, doubles: results, as: input.elementType)]
    }

    /// All patches lie on one axis.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index > 0 ? AxisView.parameter(inputs[index]) : (inputs[0]?.shape ?? []).indices.map { $0 == 0 ? .same(0) : .whole }
    }
}
