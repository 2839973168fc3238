/// `MaxUnpool` (opset 9 and later): puts each value at the place that `MaxPool` took it from; all other places are 0.
///
/// Places are flat in the result. Where the result's extents are given and a place would lie outside of the window whose greatest value
/// it is, places are flat in a tensor of the extents that follow from the windows, which lies in the corner of the result: onnxruntime
/// 1.32 knows the first way only, ONNX's own test means the second.
struct MaxUnpooling: Operator {
    private let node: Node
    private let kernel, strides, pads: [Int]

    init(_ node: Node) throws(NetworkError) {
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
        let shape = try node.knownExtents(inputs, 2, "the result's extents") ?? inner
        guard shape.count == inner.count, zip(shape, inner).allSatisfy({ $0 >= $1 }) else {
            throw node.error(.shape, "the result's extents are \(shape); expected at least \(inner)")
        }
        if let image = places.placesIn, ![shape, inner].contains(where: { MaxUnpooling.haveSamePlaces(image, $0) }) {
            throw node.error(
                .shape,
                "the places are those of an image of \(image), the result is \(shape); expected the image's extents, which the third input can "
                    + "give")
        }
        return [Signature(shape, input.elementType)]
    }

    /// Whether flat places in tensors of two shapes are the same positions.
    private static func haveSamePlaces(_ first: [Int], _ second: [Int]) -> Bool {
        let strides = zip(BlockCopy.strides(of: first), BlockCopy.strides(of: second))
        return first.count == second.count && zip(strides, zip(first, second)).allSatisfy { $0.0 == $0.1 || $1.0 == 1 && $1.1 == 1 }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), places = try node.given(inputs, 1).integers ?? [], inner = try inner(input.shape)
        let shape = outputs[0].shape
        let isInner = shape != inner && !fit(places, input.shape, in: shape) && fit(places, input.shape, in: inner)
        let image = isInner ? inner : shape, count = image.reduce(1, *)
        let own = BlockCopy.strides(of: image), outer = BlockCopy.strides(of: shape)
        var sources = [Int](repeating: -1, count: outputs[0].count)
        for (source, place) in places.enumerated() {
            guard place >= 0, place < count else { throw node.error(.shape, "place \(place) of \(count)") }
            let target = isInner ? image.indices.reduce(0) { $0 + place / own[$1] % image[$1] * outer[$1] } : place
            sources[target] = source
        }
        return [input.picked(sources, shape: shape)]
    }

    /// Whether each place in an image lies in the window whose greatest value it is.
    private func fit(_ places: [Int], _ windows: [Int], in image: [Int]) -> Bool {
        let own = BlockCopy.strides(of: image), grid = BlockCopy.strides(of: windows), count = image.reduce(1, *)
        return places.enumerated().allSatisfy { window, place in
            guard place >= 0, place < count else { return false }
            return image.indices.allSatisfy { axis in
                let position = place / own[axis] % image[axis], index = window / grid[axis] % windows[axis]
                guard axis >= 2 else { return position == index }
                let start = index * strides[axis - 2] - pads[axis - 2]
                return position >= start && position < start + kernel[axis - 2]
            }
        }
    }

    /// Places are counted from the image's first pixel.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}
