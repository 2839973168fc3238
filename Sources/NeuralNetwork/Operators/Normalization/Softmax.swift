internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `Softmax`, `LogSoftmax` and `Hardmax` along one axis (opset 13 and later), or over all axes from `axis` on (before).
struct Softmax: Operator {
    let node: Node
    let axis: Int

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow("axis")
        self.node = node
        axis = try node.int("axis") ?? (node.opset < 13 ? 1 : -1)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        guard input.elementType.isReal else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        _ = try normalizedAxis(input.rank)
        return [Signature(type: input.type)]
    }

    /// The axis from the front; before opset 13 it may be the rank, which means the last axis with one value.
    private func normalizedAxis(_ rank: Int) throws(NetworkError) -> Int {
        if node.opset < 13, axis == rank { return rank }
        return try node.axis(axis, rank: rank)
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let shape = outputs[0].shape, axis = try normalizedAxis(shape.count)
        let inner = node.opset < 13 ? 1 : shape[(axis + 1)...].reduce(1, *)
        let count = node.opset < 13 ? shape[axis...].reduce(1, *) : shape[axis]
        let block = count * inner
        // By the axis, not by extents behind it: these may be other ones in a tile.
        let isRow = node.opset < 13 || axis == shape.count - 1
        if node.operatorType != "Softmax" || outputs[0].elementType != .float32 {
            let input = try node.given(inputs, 0)
            return [Tensor(shape, doubles: normalized(input.doubles, count: count, inner: inner), as: input.elementType)]
        }
        var values = try floatInput(&inputs, 0, node)
        try transformPlanes(&values, planes: block == 0 ? 0 : values.count / block, size: block, threads: context.threads) { pointer, _ in
            if isRow { return ck_softmax_row(pointer, pointer, Int64(count), context.instructions.level) }
            for index in 0..<inner { ck_softmax(pointer + index, pointer + index, Int64(count), Int64(inner)) }
        }
        return [Tensor(shape, .float32(values))]
    }

    /// Groups of `count` values that lie `inner` apart.
    private func normalized(_ values: [Double], count: Int, inner: Int) -> [Double] {
        var results = values
        guard count > 0, inner > 0 else { return results }
        for group in 0..<values.count / count {
            let start = group / inner * count * inner + group % inner
            let places = stride(from: start, to: start + count * inner, by: inner)
            var largest = -Double.infinity, placeOfLargest = start
            for place in places where values[place] > largest { (largest, placeOfLargest) = (values[place], place) }
            let sum = places.reduce(0.0) { $0 + exp(values[$1] - largest) }
            for place in places {
                switch node.operatorType {
                case "Softmax": results[place] = exp(values[place] - largest) / sum
                case "LogSoftmax": results[place] = values[place] - largest - log(sum)
                default: results[place] = place == placeOfLargest ? 1 : 0
                }
            }
        }
        return results
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard let own = try? normalizedAxis(outputs[0].shape.count) else { return [] }
        return outputs[0].shape.indices.map { $0 == own || node.opset < 13 && $0 > own ? .whole : .same($0) }
    }
}
