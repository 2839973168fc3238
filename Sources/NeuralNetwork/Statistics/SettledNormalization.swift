/// A normalisation whose statistics are known, of a value whose channels lie in front of its places.
struct SettledNormalization: Operator {
    let node: Node
    /// One for each channel.
    let scales: [ChannelScale]
    /// The axes of the channels, which are the first ones.
    let channelAxes: Int

    init(_ node: Node, scales: [ChannelScale], channelAxes: Int) {
        self.node = node
        self.scales = scales
        self.channelAxes = channelAxes
    }

    /// No node of a file is one.
    init(_ node: Node) throws(NetworkError) { throw node.error(.internalFault, "has no statistics") }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs)
        guard image.rank >= channelAxes, image.shape[..<channelAxes].reduce(1, *) == scales.count else {
            throw node.error(.shape, "the input has the shape \(image.shape); its statistics are of \(scales.count) channels")
        }
        return [Signature(type: image.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let shape = outputs[0].shape, plane = shape[channelAxes...].reduce(1, *)
        var values = try floatInput(&inputs, 0, node)
        try transformPlanes(&values, planes: scales.count, size: plane, threads: context.threads) { pointer, channel in
            scales[channel].apply(to: pointer, count: plane)
        }
        return [Tensor(shape, .float32(values))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index == 0 ? AxisView.identity(outputs[0].shape) : AxisView.parameter(inputs[index])
    }
}
