/// `MaxUnpool` (opset 9 and later): puts each value at the place that `MaxPool` took it from; all other places are 0.
///
/// Places are flat in a tensor of the pooled window's extents; with a given output shape that tensor lies in the corner of a larger one.
struct MaxUnpooling: Operator {
    private let node: Node
    private let kernel, strides, pads: [Int]

    init(_ node: Node) throws(NetworkError) {
        try node.expect(opset: 9...Node.newestOpset)
        try node.expect(inputs: 2...3)
        try node.allow("kernel_shape", "pads", "strides")
        self.node = node
        let geometry = try WindowGeometry(node)
        guard let kernel = geometry.kernel else { throw node.error(.attribute, "kernel_shape is missing") }
        self.kernel = kernel
        strides = geometry.strides ?? kernel.map { _ in 1 }
        pads = geometry.pads ?? [Int](repeating: 0, count: 2 * kernel.count)
        guard strides.count == kernel.count, pads.count == 2 * kernel.count else {
            throw node.error(.attribute, "strides \(strides) or pads \(pads) do not fit the kernel \(kernel)")
        }
    }

    /// The extents in which places are counted.
    private func inner(_ shape: [Int]) throws(NetworkError) -> [Int] {
        guard shape.count == kernel.count + 2 else { throw node.error(.shape, "the input has the shape \(shape) for a kernel \(kernel)") }
        let extents = kernel.indices.map { axis in
            (shape[axis + 2] - 1) * strides[axis] - pads[axis] - pads[axis + kernel.count] + kernel[axis]
        }
        guard extents.allSatisfy({ $0 > 0 }) else { throw node.error(.shape, "the result would have the extents \(extents)") }
        return shape[..<2] + extents
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), places = try node.required(inputs, 1), inner = try inner(input.shape)
        guard input.elementType.isNumber, places.elementType == .int64, places.shape == input.shape else {
            throw node.error(.shape, "the places are \(places.shape) of \(places.elementType.rawValue); expected \(input.shape) of int64")
        }
        guard let shape = try node.knownExtents(inputs, 2, "the result's extents") else { return [Signature(inner, input.elementType)] }
        guard shape.count == inner.count, zip(shape, inner).allSatisfy({ $0 >= $1 }) else {
            throw node.error(.shape, "the result's extents are \(shape); expected at least \(inner)")
        }
        return [Signature(shape, input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), places = try node.given(inputs, 1).integers ?? [], inner = try inner(input.shape)
        let count = inner.reduce(1, *), shape = outputs[0].shape, own = BlockCopy.strides(of: inner), outer = BlockCopy.strides(of: shape)
        var sources = [Int](repeating: -1, count: outputs[0].count)
        for (source, place) in places.enumerated() {
            guard place >= 0, place < count else { throw node.error(.shape, "place \(place) of \(count)") }
            let target = inner.indices.reduce(0) { $0 + place / own[$1] % inner[$1] * outer[$1] }
            sources[target] = source
        }
        return [input.picked(sources, shape: shape)]
    }

    /// Places are counted from the image's first pixel.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}
