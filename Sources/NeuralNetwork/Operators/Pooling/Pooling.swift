internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `MaxPool` (with its indices), `AveragePool` and `LpPool` over one to three spatial axes.
struct Pooling: MemoryHolder {
    private enum Kind: String { case maximum = "MaxPool", average = "AveragePool", norm = "LpPool" }

    let node: Node
    let geometry: WindowGeometry
    private let kind: Kind
    let countsPadding: Bool
    private let isColumnMajor: Bool
    private let exponent: Double

    init(_ node: Node) throws(NetworkError) {
        guard let kind = Kind(rawValue: node.operatorType) else { throw node.error(.internalFault, "is registered for the wrong operator") }
        self.kind = kind
        try node.expect(inputs: 1...1, outputs: 1...(kind == .maximum ? 2 : 1))
        switch kind {
        case .maximum: try node.allow("auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides")
        case .average: try node.allow("auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides")
        case .norm: try node.allow("auto_pad", "ceil_mode", "dilations", "kernel_shape", "p", "pads", "strides")
        }
        self.node = node
        geometry = try WindowGeometry(node)
        countsPadding = try node.flag("count_include_pad")
        isColumnMajor = try node.flag("storage_order")
        exponent = Double(kind == .norm ? try node.int("p") ?? 2 : 2)
        guard geometry.kernel != nil else { throw node.error(.attribute, "kernel_shape is missing") }
    }

    /// Whether it is the maximum, without its indices, or the average.
    var isMaximum: Bool { kind == .maximum }
    /// Whether the kernels on channel blocks can do it.
    var hasBlockedKernel: Bool { kind != .norm && !givesIndices }

    private var givesIndices: Bool { node.outputs.count > 1 && !node.outputs[1].isEmpty }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0), image = input.shape
        guard input.elementType == .float32 || kind == .maximum && [.float64, .int8, .uint8].contains(input.elementType) else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue); the core pools float32")
        }
        guard image.count >= 3 else { throw node.error(.shape, "the input has the shape \(image); expected (batch, channels, spatial…)") }
        let shape = Array(image[..<2]) + (try geometry.window(over: Array(image[2...]), node: node)).outputShape
        let indices = Signature(shape, .int64, placesIn: isColumnMajor ? nil : image)
        return [Signature(shape, input.elementType)] + (node.outputs.count > 1 ? [indices] : [])
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let shape = inputs[0]?.shape else { throw node.error(.internalFault, "the input is missing") }
        let window = try geometry.window(over: Array(shape[2...]), node: node)
        if givesIndices || kind == .norm || outputs[0].elementType != .float32 { return try walked(inputs, window, outputs) }
        let image = try floatInput(&inputs, 0, node)
        let size = shape[2...].reduce(1, *), resultSize = window.outputShape.reduce(1, *)
        let ends = [Int64](repeating: 0, count: 3 - window.axes.count) + window.axes.map { Int64($0.padEnd) }
        let isMaximum = isMaximum
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
        // A second output that nobody reads.
        let unread = outputs.dropFirst().map { Tensor($0.shape, .filled(type: .int64, count: $0.count) { _ in }) }
        return [Tensor(outputs[0].shape, .float32(values))] + unread
    }

    /// The forms that have no kernel: place by place.
    private func walked(_ inputs: [Tensor?], _ window: Window, _ outputs: [TensorType]) throws(NetworkError) -> [Tensor] {
        let image = try node.given(inputs, 0), values = image.doubles, shape = image.shape
        let size = shape[2...].reduce(1, *), walk = WindowWalk(window)
        var results: [Double] = [], indices: [Int64] = []
        results.reserveCapacity(outputs[0].count)
        if givesIndices { indices.reserveCapacity(outputs[0].count) }
        for plane in 0..<shape[0] * shape[1] {
            for position in 0..<walk.count {
                var best = -Double.infinity, index = 0, sum = 0.0
                walk.forEach(position) { place in
                    let value = values[plane * size + place]
                    if value > best { (best, index) = (value, place) }
                    if kind == .norm { sum += pow(abs(value), exponent) }
                }
                results.append(kind == .norm ? pow(sum, 1 / exponent) : best)
                if givesIndices { indices.append(Int64(plane * size + (isColumnMajor ? walk.columnMajor(index) : index))) }
            }
        }
        var tensors = [Tensor(outputs[0].shape, doubles: results, as: image.elementType)]
        if outputs.count > 1 {
            tensors.append(
                givesIndices
                    ? Tensor(outputs[1].shape, .int64(indices))
                    : Tensor(outputs[1].shape, .filled(type: .int64, count: outputs[1].count) { _ in }))
        }
        return tensors
    }

    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        guard let image = inputs[0], givesIndices || kind == .norm else { return 0 }
        var doubles = ByteSum()
        for count in [image.type.boundedCount, outputs[0].boundedCount] { doubles.add(count, of: MemoryLayout<Double>.stride) }
        return doubles.bytes
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let image = inputs[index]?.shape, let window = try? geometry.window(over: Array(image[2...]), node: node) else { return [] }
        // Indices count from the start of the whole image.
        if givesIndices { return [.whole, .whole] + window.axes.map { _ in .whole } }
        return [.same(0), .same(1)] + window.views
    }
}
