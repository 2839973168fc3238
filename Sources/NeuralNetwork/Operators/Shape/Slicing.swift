/// `Slice`: a regular part of a tensor. From opset 10 the bounds are inputs.
struct Slicing: Operator {
    private let node: Node
    private let attributes: (starts: [Int]?, ends: [Int]?, axes: [Int]?)

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        if node.opset < 10 {
            try node.expect(inputs: 1...1)
            try node.allow("starts", "ends", "axes")
            attributes = (try node.ints("starts"), try node.ints("ends"), try node.ints("axes"))
        } else {
            try node.expect(inputs: 3...5)
            try node.allow()
            attributes = (nil, nil, nil)
        }
    }

    /// First index, number and step for each axis.
    private func parts(_ inputs: [Signature?]) throws(NetworkError) -> [(start: Int, count: Int, step: Int)] {
        let shape = try node.required(inputs, 0).shape
        var parts = shape.map { (start: 0, count: $0, step: 1) }
        guard let starts = try node.knownIntegers(inputs, 1, "starts") ?? attributes.starts,
            let ends = try node.knownIntegers(inputs, 2, "ends") ?? attributes.ends, starts.count == ends.count
        else { throw node.error(.shape, "starts and ends are missing or differ in number") }
        let axes = try node.axes(
            try node.knownIntegers(inputs, 3, "axes") ?? attributes.axes ?? Array(starts.indices), rank: shape.count)
        let steps = try node.knownIntegers(inputs, 4, "steps") ?? [Int](repeating: 1, count: starts.count)
        guard axes.count == starts.count, steps.count == starts.count, !steps.contains(0) else {
            throw node.error(.shape, "\(starts.count) starts, \(axes.count) axes and steps \(steps) do not fit together")
        }
        for (index, axis) in axes.enumerated() {
            let extent = shape[axis], step = steps[index]
            func place(_ bound: Int, _ range: ClosedRange<Int>) -> Int {
                max(range.lowerBound, min(range.upperBound, bound < 0 ? bound + extent : bound))
            }
            if step > 0 {
                let start = place(starts[index], 0...extent), end = place(ends[index], 0...extent)
                parts[axis] = (start, max(0, (end - start + step - 1) / step), step)
            } else {
                let start = place(starts[index], -1...max(-1, extent - 1)), end = place(ends[index], -1...max(-1, extent - 1))
                parts[axis] = (max(start, 0), extent == 0 ? 0 : max(0, (start - end - step - 1) / -step), step)
            }
        }
        return parts
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        [Signature(try parts(inputs).map(\.count), try node.required(inputs, 0).elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let input = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        let parts = try parts(inputs.map { $0.map(Signature.init) })
        if input.shape == outputs[0].shape, parts.allSatisfy({ $0.step == 1 }) { return [input] }
        let strides = BlockCopy.strides(of: input.shape)
        let offset = zip(parts, strides).reduce(0) { $0 + $1.0.start * $1.1 }
        return [BlockCopy.view(of: input, shape: outputs[0].shape, offset: offset, strides: zip(parts, strides).map { $0.step * $1 })]
    }

    func role(of index: Int) -> InputRole { index == 0 ? .value : .places }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let parts = try? parts(inputs) else { return AxisView.parameter(inputs[index]) }
        return parts.enumerated().map { axis, part in
            if part.start == 0, part.step == 1 { return .same(axis) }
            guard let scale = Ratio(1, part.step) else { return .whole }
            return .window(
                axis,
                AxisWindow(scale: scale) { $0.lowerBound * part.step + part.start...$0.upperBound * part.step + part.start })
        }
    }
}
