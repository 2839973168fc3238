/// `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze`: the same elements under another shape.
struct Reshaping: Operator {
    private let node: Node
    private let attributeAxes: [Int]?
    private let axis: Int
    private let keepsZero: Bool

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        var allowedInputs = 1...1
        switch node.operatorType {
        case "Reshape":
            try node.allow("allowzero")
            allowedInputs = 2...2
        case "Flatten": try node.allow("axis")
        default:
            // From opset 13 the axes are an input.
            if node.opset < 13 { try node.allow("axes") } else { try node.allow() }
            if node.opset >= 13 { allowedInputs = node.operatorType == "Unsqueeze" ? 2...2 : 1...2 }
        }
        try node.expect(inputs: allowedInputs)
        attributeAxes = try node.ints("axes")
        axis = try node.int("axis") ?? 1
        keepsZero = try node.flag("allowzero")
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        let shape: [Int]
        switch node.operatorType {
        case "Reshape": shape = try reshaped(input.shape, inputs)
        case "Flatten":
            let axis = axis == input.rank ? axis : try node.axis(axis, rank: input.rank)
            guard let rows = Tensor.elementCount(of: Array(input.shape[..<axis])),
                let columns = Tensor.elementCount(of: Array(input.shape[axis...]))
            else { throw node.error(.limit, "the shape \(input.shape) is too large") }
            shape = [rows, columns]
        case "Squeeze":
            let axes = try node.knownIntegers(inputs, 1, "axes") ?? attributeAxes
            let dropped =
                try axes.map { (axes) throws(NetworkError) in try node.axes(axes, rank: input.rank) }
                ?? input.shape.indices.filter { input.shape[$0] == 1 }
            guard dropped.allSatisfy({ input.shape[$0] == 1 }) else {
                throw node.error(.shape, "axes \(dropped) of the shape \(input.shape) are not all of extent 1")
            }
            shape = input.shape.indices.filter { !dropped.contains($0) }.map { input.shape[$0] }
        default:
            guard let axes = try node.knownIntegers(inputs, 1, "axes") ?? attributeAxes else {
                throw node.error(.attribute, "axes are missing")
            }
            let rank = input.rank + axes.count
            guard rank <= 64 else { throw node.error(.limit, "the result would have \(rank) axes") }
            let added = try node.axes(axes, rank: rank)
            var rest = input.shape[...]
            shape = (0..<rank).map { added.contains($0) ? 1 : rest.popFirst() ?? 1 }
        }
        guard Tensor.elementCount(of: shape) == Tensor.elementCount(of: input.shape) else {
            throw node.error(.shape, "the shape \(input.shape) does not become \(shape): the number of elements differs")
        }
        return [Signature(shape, input.elementType)]
    }

    private func reshaped(_ old: [Int], _ inputs: [Signature?]) throws(NetworkError) -> [Int] {
        guard let wanted = try node.knownExtents(inputs, 1, "extents") else { throw node.error(.shape, "the extents are missing") }
        guard wanted.count <= 64, wanted.allSatisfy({ $0 >= -1 }), wanted.filter({ $0 == -1 }).count <= 1 else {
            throw node.error(.shape, "the extents \(wanted.prefix(16)) are no shape; one of them may be -1")
        }
        var shape: [Int] = []
        for (axis, extent) in wanted.enumerated() {
            guard extent == 0, !keepsZero else {
                shape.append(extent)
                continue
            }
            guard axis < old.count else { throw node.error(.shape, "extent 0 at axis \(axis) has no counterpart in \(old)") }
            shape.append(old[axis])
        }
        guard let free = shape.firstIndex(of: -1) else { return shape }
        shape[free] = 1
        guard let total = Tensor.elementCount(of: old), let rest = Tensor.elementCount(of: shape), rest > 0, total % rest == 0 else {
            throw node.error(.shape, "the shape \(old) does not become \(wanted)")
        }
        shape[free] = total / rest
        return shape
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        inputs = []
        return [input.reshaped(outputs[0].shape)]
    }

    func role(of index: Int) -> InputRole { index == 0 ? .value : .extents }

    /// An axis keeps its place where its extent stays and as many elements lie in front of it; others are merged or cut.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let old = inputs[0]?.shape else { return AxisView.parameter(inputs[index]) }
        let new = outputs[0].shape
        return old.indices.map { axis in
            if old[axis] == 1 { return .detached }
            let before = old[..<axis].reduce(1, *)
            let place = new.indices.first { new[..<$0].reduce(1, *) == before && new[$0] == old[axis] }
            return place.map { .same($0) } ?? .whole
        }
    }
}
