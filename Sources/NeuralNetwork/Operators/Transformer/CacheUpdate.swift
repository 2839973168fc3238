/// `TensorScatter` (opset 24): an update written into a cache along an axis, from a place for each image of the batch on, around the end
/// if circular.
struct CacheUpdate: Operator {
    private let node: Node
    private let axis: Int
    private let isCircular: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...3)
        try node.allow("axis", "mode")
        self.node = node
        axis = try node.int("axis") ?? -2
        let mode = try node.string("mode") ?? "linear"
        guard ["linear", "circular"].contains(mode) else { throw node.error(.attribute, "mode is '\(mode)'; expected linear or circular") }
        isCircular = mode == "circular"
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let cache = try node.required(inputs, 0), update = try node.required(inputs, 1), own = try node.axis(axis, rank: cache.rank)
        guard own > 0, update.elementType == cache.elementType, update.rank == cache.rank,
            cache.shape.indices.allSatisfy({ $0 == own ? update.shape[$0] <= cache.shape[$0] : update.shape[$0] == cache.shape[$0] })
        else {
            throw node.error(.shape, "an update of the shape \(update.shape) along axis \(own) of a cache of the shape \(cache.shape)")
        }
        if inputs.count > 2, let starts = inputs[2], starts.elementType != .int64 || starts.shape != [cache.shape[0]] {
            throw node.error(.shape, "the places have the shape \(starts.shape); expected [\(cache.shape[0])] of int64")
        }
        return [Signature(type: cache.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let cache = try node.given(inputs, 0), update = try node.given(inputs, 1), own = try node.axis(axis, rank: cache.shape.count)
        let starts = inputs.count > 2 ? inputs[2]?.integers : nil, extent = cache.shape[own], steps = update.shape[own]
        let inner = cache.shape[(own + 1)...].reduce(1, *), outer = cache.shape[..<own].reduce(1, *)
        let perImage = outer / max(1, cache.shape[0]), bytes = cache.elementType.byteCount
        if let wrong = starts?.first(where: { $0 < 0 || (isCircular ? $0 > TensorReader.largestExtent : $0 + steps > extent) }) {
            throw node.error(.shape, "an update of \(steps) steps from place \(wrong) on in a cache of \(extent)")
        }
        let storage = TensorStorage.filled(type: cache.elementType, count: cache.count) { target in
            cache.storage.withBytes { target.copyMemory(from: $0) }
            update.storage.withBytes { source in
                for row in 0..<outer {
                    for step in 0..<steps {
                        let place = ((starts?[row / perImage] ?? 0) + step) % extent, from = (row * steps + step) * inner * bytes
                        let to = (row * extent + place) * inner * bytes
                        UnsafeMutableRawBufferPointer(rebasing: target[to..<to + inner * bytes]).copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: source[from..<from + inner * bytes]))
                    }
                }
            }
        }
        return [Tensor(cache.shape, storage)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let own = axis < 0 ? axis + outputs[0].shape.count : axis
        return (inputs[index]?.shape ?? []).indices.map { index == 2 || $0 == own ? .whole : .same($0) }
    }
}
