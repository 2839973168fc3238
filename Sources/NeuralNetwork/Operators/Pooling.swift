internal import CKernels

/// `MaxPool` and `AveragePool` over one to three spatial axes; `MaxPool` without its second output.
struct Pooling: Operator {
    let node: Node
    let geometry: WindowGeometry
    let isMaximum: Bool
    let countsPadding: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(opset: 1...25)
        try node.expect(inputs: 1...1, outputs: 1...2)
        isMaximum = node.operatorType == "MaxPool"
        if isMaximum {
            try node.allow("auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides")
        } else {
            try node.allow("auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides")
        }
        guard node.outputs.count == 1 || node.outputs[1].isEmpty else {
            throw node.error(.unsupported, "the second output (indices) is used; the core has the first one only")
        }
        self.node = node
        geometry = try WindowGeometry(node)
        countsPadding = try node.flag("count_include_pad")
        guard geometry.kernel != nil else { throw node.error(.attribute, "kernel_shape is missing") }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs).shape
        guard image.count >= 3 else { throw node.error(.shape, "the input has the shape \(image); expected (batch, channels, spatial…)") }
        return [Signature(Array(image[..<2]) + (try geometry.window(over: Array(image[2...]), node: node)).outputShape, .float32)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let shape = inputs[0]?.shape else { throw node.error(.internalFault, "the input is missing") }
        let window = try geometry.window(over: Array(shape[2...]), node: node)
        let image = try floatInput(&inputs, 0, node)
        let size = shape[2...].reduce(1, *), resultSize = window.outputShape.reduce(1, *)
        let ends = [Int64](repeating: 0, count: 3 - window.axes.count) + window.axes.map { Int64($0.padEnd) }
        let values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            try Parallel.run(threads: context.threads, blocks: shape[0] * shape[1]) { plane, _ in
                withUnsafePointer(to: window.kernelWindow) { geometry in
                    image.withUnsafeBufferPointer { source in
                        guard let source = source.baseAddress else { return }
                        if isMaximum {
                            ck_max_pool(geometry, source + plane * size, target + plane * resultSize)
                        } else {
                            ck_average_pool(geometry, ends, countsPadding ? 1 : 0, source + plane * size, target + plane * resultSize)
                        }
                    }
                }
            }
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let image = inputs[index]?.shape, let window = try? geometry.window(over: Array(image[2...]), node: node) else { return [] }
        return [.same(0), .same(1)] + window.views
    }
}
