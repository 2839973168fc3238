internal import CKernels

/// A normalisation whose statistics are known: a factor and a summand for each channel.
struct SettledNormalization: Operator {
    let node: Node
    let factors: [Float]
    let summands: [Float]

    init(_ node: Node, factors: [Float], summands: [Float]) {
        self.node = node
        self.factors = factors
        self.summands = summands
    }

    /// No node of a file is one.
    init(_ node: Node) throws(NetworkError) { throw node.error(.internalFault, "has no statistics") }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs)
        guard image.rank >= 3, image.shape[1] == factors.count else {
            throw node.error(.shape, "the input has the shape \(image.shape); its statistics are of \(factors.count) channels")
        }
        return [Signature(type: image.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let shape = outputs[0].shape, plane = shape[2...].reduce(1, *)
        var values = try floatInput(&inputs, 0, node)
        try transformPlanes(&values, planes: shape[0] * shape[1], size: plane, threads: context.threads) { pointer, index in
            ck_affine(factors[index % shape[1]], summands[index % shape[1]], pointer, pointer, Int64(plane))
        }
        return [Tensor(shape, .float32(values))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        index == 0 ? AxisView.identity(outputs[0].shape) : AxisView.detached(inputs[index])
    }
}
