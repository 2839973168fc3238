internal import CKernels

/// `GroupNormalization`: each group of channels of each image to mean 0 and variance 1, then scale and shift; these are given for each
/// group (opset 18) or for each channel (21). Sees the whole image.
struct GroupNormalization: Operator {
    let node: Node
    let epsilon: Double
    let groups: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        try node.allow("epsilon", "num_groups", "stash_type")
        self.node = node
        epsilon = Double(try node.float("epsilon") ?? 1e-5)
        guard let groups = try node.int("num_groups"), groups >= 1 else {
            throw node.error(.attribute, "num_groups is missing or not positive")
        }
        self.groups = groups
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs)
        guard image.rank >= 2, image.shape[1] % groups == 0 else {
            throw node.error(.shape, "the input has the shape \(image.shape); expected channels in \(groups) groups")
        }
        let count = node.opset < 21 ? groups : image.shape[1]
        for index in 1...2 {
            let shape = try node.floatSignature(inputs, index).shape
            guard shape == [count] else { throw node.error(.shape, "input \(index) has the shape \(shape); expected [\(count)]") }
        }
        return [Signature(type: image.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let scale = inputs[1]?.floats, let shift = inputs[2]?.floats else {
            throw node.error(.internalFault, "a parameter is missing")
        }
        let shape = outputs[0].shape, plane = shape[2...].reduce(1, *), perGroup = shape[1] / groups, size = plane * perGroup
        let epsilon = epsilon, groups = groups, isPerGroup = node.opset < 21
        var values = try floatInput(&inputs, 0, node)
        try transformPlanes(&values, planes: shape[0] * groups, size: size, threads: context.threads) { pointer, index in
            let mean = ck_sum(pointer, Int64(size)) / Double(size)
            let deviation = (ck_sum_of_squares(pointer, Int64(size), mean) / Double(size) + epsilon).squareRoot()
            for channel in 0..<perGroup {
                let parameter = isPerGroup ? index % groups : index % groups * perGroup + channel
                ChannelScale(mean: mean, factor: Double(scale[parameter]) / deviation, shift: shift[parameter]).apply(
                    to: pointer + channel * plane, count: plane)
            }
        }
        return [Tensor(shape, .float32(values))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0 else { return AxisView.parameter(inputs[index]) }
        return outputs[0].shape.indices.map { $0 == 0 ? .same($0) : .whole }
    }
}
