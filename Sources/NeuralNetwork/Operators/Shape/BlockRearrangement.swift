/// `DepthToSpace` and `SpaceToDepth`: channels become blocks of pixels, or blocks of pixels channels.
struct BlockRearrangement: Operator {
    private let node: Node
    private let block: Int
    private let isColumnRowDepth: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        if node.operatorType == "DepthToSpace" { try node.allow("blocksize", "mode") } else { try node.allow("blocksize") }
        self.node = node
        guard let block = try node.int("blocksize"), block >= 1 else {
            throw node.error(.attribute, "blocksize is missing or not positive")
        }
        self.block = block
        let mode = try node.string("mode") ?? "DCR"
        guard mode == "DCR" || mode == "CRD" else { throw node.error(.attribute, "mode is '\(mode)'; expected DCR or CRD") }
        isColumnRowDepth = mode == "CRD"
    }

    private var growsPlane: Bool { node.operatorType == "DepthToSpace" }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), shape = input.shape
        guard shape.count == 4, growsPlane ? shape[1] % (block * block) == 0 : shape[2] % block == 0 && shape[3] % block == 0 else {
            throw node.error(.shape, "the shape \(shape) does not fit blocks of \(block)")
        }
        let result =
            growsPlane
            ? [shape[0], shape[1] / block / block, shape[2] * block, shape[3] * block]
            : [shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block]
        return [Signature(result, input.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), shape = input.shape, result = outputs[0].shape
        let parts: Tensor
        if !growsPlane {
            parts = input.reshaped([shape[0], shape[1], result[2], block, result[3], block]).transposed([0, 3, 5, 1, 2, 4])
        } else if isColumnRowDepth {
            parts = input.reshaped([shape[0], result[1], block, block, shape[2], shape[3]]).transposed([0, 1, 4, 2, 5, 3])
        } else {
            parts = input.reshaped([shape[0], block, block, result[1], shape[2], shape[3]]).transposed([0, 3, 4, 1, 5, 2])
        }
        return [parts.reshaped(result)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let scale = growsPlane ? Ratio(block, 1) : Ratio(1, block) else { return AxisView.parameter(inputs[index]) }
        let block = block, growsPlane = growsPlane
        let window = AxisWindow(scale: scale) { output in
            growsPlane
                ? floorDivide(output.lowerBound, block)...floorDivide(output.upperBound, block)
                : output.lowerBound * block...output.upperBound * block + block - 1
        }
        return [.same(0), .whole, .window(2, window), .window(3, window)]
    }
}
