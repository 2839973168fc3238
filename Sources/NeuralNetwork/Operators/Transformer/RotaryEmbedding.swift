/// `RotaryEmbedding` (opset 23): pairs of numbers turned by an angle that follows from the token's place.
///
/// The input is (batch, heads, length, size), or (batch, length, heads * size) with `num_heads`. The first `rotary_embedding_dim` numbers
/// of a head (all without it) are turned: number i with i + half, or neighbours if interleaved. Cosines and sines are
/// (batch, length, pairs), or (positions, pairs) from which the position ids (batch, length) choose.
struct RotaryEmbedding: Operator {
    private let node: Node
    private let heads, turned: Int
    private let isInterleaved: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...4)
        try node.allow("interleaved", "num_heads", "rotary_embedding_dim")
        self.node = node
        heads = try node.int("num_heads") ?? 0
        turned = try node.int("rotary_embedding_dim") ?? 0
        isInterleaved = try node.flag("interleaved")
        guard heads >= 0, turned >= 0, turned % 2 == 0 else {
            throw node.error(.attribute, "num_heads is \(heads) and rotary_embedding_dim \(turned); expected positive and even")
        }
    }

    /// The extents of the input and of what is turned.
    private struct Extents { let batch, heads, length, size, pairs: Int }

    private func extents(_ shape: [Int]) throws(NetworkError) -> Extents {
        let split: (heads: Int, length: Int, size: Int)
        switch shape.count {
        case 4: split = (shape[1], shape[2], shape[3])
        case 3 where heads > 0 && shape[2] % heads == 0: split = (heads, shape[1], shape[2] / heads)
        default:
            throw node.error(
                .shape,
                "the input has the shape \(shape); expected (batch, heads, length, size), or (batch, length, heads * size) with num_heads")
        }
        let turned = self.turned == 0 ? split.size : self.turned
        guard turned <= split.size, turned % 2 == 0 else {
            throw node.error(.shape, "\(turned) numbers of a head of \(split.size) are turned; expected an even part of it")
        }
        return Extents(batch: shape[0], heads: split.heads, length: split.length, size: split.size, pairs: turned / 2)
    }

    private func usesPositions(_ inputs: [Signature?]) -> Bool { inputs.count > 3 && inputs[3] != nil }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.floatSignature(inputs, 0), extents = try extents(input.shape)
        let cosines = try node.floatSignature(inputs, 1).shape, sines = try node.floatSignature(inputs, 2).shape
        let places = [extents.batch, extents.length]
        let fits =
            usesPositions(inputs)
            ? cosines.count == 2 && cosines[1] == extents.pairs && inputs[3]?.shape == places && inputs[3]?.elementType == .int64
            : cosines == places + [extents.pairs]
        guard fits, sines == cosines else {
            throw node.error(
                .shape, "cosines \(cosines) and sines \(sines) do not fit \(places) tokens with \(extents.pairs) pairs of numbers each")
        }
        return [Signature(input.shape, .float32)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), extents = try extents(input.shape), isFlat = input.shape.count == 3
        guard let values = input.floats, let cosines = try node.given(inputs, 1).floats, let sines = try node.given(inputs, 2).floats else {
            throw node.error(.internalFault, "an input is not float32")
        }
        let positions = inputs.count > 3 ? inputs[3]?.integers : nil, known = try node.given(inputs, 1).shape[0]
        if let wrong = positions?.first(where: { $0 < 0 || $0 >= known }) {
            throw node.error(.shape, "position \(wrong) of \(known)")
        }
        var results = values
        let half = extents.pairs
        for image in 0..<extents.batch {
            for place in 0..<extents.length {
                let token = image * extents.length + place, angle = (positions?[token] ?? token) * half
                for head in 0..<extents.heads {
                    let row = isFlat ? token * extents.heads + head : (image * extents.heads + head) * extents.length + place
                    for pair in 0..<half {
                        let first = row * extents.size + (isInterleaved ? 2 * pair : pair), second = first + (isInterleaved ? 1 : half)
                        let cosine = cosines[angle + pair], sine = sines[angle + pair]
                        results[first] = cosine * values[first] - sine * values[second]
                        results[second] = sine * values[first] + cosine * values[second]
                    }
                }
            }
        }
        return [Tensor(input.shape, .float32(results))]
    }

    /// A token's numbers are turned among themselves; angles belong to places.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let shape = inputs[index]?.shape ?? [], rank = outputs[0].shape.count, length = rank == 4 ? 2 : 1
        switch index {
        case 0: return shape.indices.map { $0 == rank - 1 ? .whole : .same($0) }
        case 1 where shape.count == 3, 2 where shape.count == 3: return [.same(0), .same(length), .whole]
        case 3: return [.same(0), .same(length)]
        default: return shape.map { _ in .whole }
        }
    }
}
