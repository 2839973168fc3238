#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `Attention` (opset 23 and 24): softmax(softcap(Q Kᵀ · scale) + mask) V for each head, with fewer key than query heads (grouped and
/// multi-query attention), a cache of past keys and values, causal masks and lengths without padding.
///
/// Q is (batch, query heads, L, head size), K and V (batch, key heads, S, size), or all three have three axes with the heads side by
/// side in the last one. The mask broadcasts to (batch, query heads, L, past + S); a shorter last axis is filled up with "not seen".
/// Scores are computed for blocks of query rows, so that no matrix of L times S is held unless the node gives it out; float64 is computed
/// row by row in plain sums. A row whose mask hides everything is 0 / 0, as the definition says.
struct Attention: Operator {
    let node: Node
    private let heads: (query: Int?, key: Int?)
    private let scale: Float?
    private let softcap: Float
    private let isCausal: Bool
    private let scoreStage: AttentionScores.Stage

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...(node.opset >= 24 ? 7 : 6), outputs: 1...4)
        try node.allow(
            "is_causal", "kv_num_heads", "q_num_heads", "qk_matmul_output_mode", "scale", "softcap", "softmax_precision")
        self.node = node
        heads = (try node.int("q_num_heads"), try node.int("kv_num_heads"))
        scale = try node.float("scale")
        softcap = try node.float("softcap") ?? 0
        isCausal = try node.flag("is_causal")
        let mode = try node.int("qk_matmul_output_mode") ?? 0
        guard let stage = AttentionScores.Stage(rawValue: mode) else {
            throw node.error(.attribute, "qk_matmul_output_mode is \(mode); expected 0 to 3")
        }
        scoreStage = stage
        // Softmax is computed in float32 with sums in double precision, at least as precise as any type that is asked for here.
        if let type = try node.elementType("softmax_precision"), !type.isReal {
            throw node.error(.attribute, "softmax_precision is \(type.rawValue); expected a type with fractions")
        }
        for (name, count) in [("q_num_heads", heads.query), ("kv_num_heads", heads.key)] {
            if let count, count < 1 { throw node.error(.attribute, "\(name) is \(count); expected at least 1") }
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let extents = try extents(inputs)
        try checkMask(inputs, extents)
        try checkLengths(inputs, extents)
        try node.expect(
            work: [extents.batch, extents.queryHeads, extents.queries, extents.keys, extents.headSize + extents.valueSize],
            of: "the attention")
        let isFlat = try node.required(inputs, 0).rank == 3, type = try node.required(inputs, 0).elementType
        let result =
            isFlat
            ? [extents.batch, extents.queries, extents.queryHeads * extents.valueSize]
            : [extents.batch, extents.queryHeads, extents.queries, extents.valueSize]
        return [
            Signature(result, type), Signature([extents.batch, extents.keyHeads, extents.keys, extents.headSize], type),
            Signature([extents.batch, extents.keyHeads, extents.keys, extents.valueSize], type),
            Signature([extents.batch, extents.queryHeads, extents.queries, extents.keys], type),
        ].prefix(node.outputs.count).map(\.self)
    }

    private func extents(_ inputs: [Signature?]) throws(NetworkError) -> AttentionExtents {
        let query = try shape(inputs, 0), key = try shape(inputs, 1), value = try shape(inputs, 2)
        var past: (key: [Int], value: [Int])?
        if inputs.count > 4, inputs[4] != nil || inputs.count > 5 && inputs[5] != nil {
            past = (try shape(inputs, 4), try shape(inputs, 5))
        }
        guard let extents = AttentionExtents(query: query, key: key, value: value, past: past, heads: heads) else {
            throw node.error(
                .shape,
                "query \(query), key \(key) and value \(value)\(past.map { ", past \($0.key) and \($0.value)" } ?? "") do not fit together; "
                    + "expected (batch, heads, length, size), or (batch, length, heads * size) with q_num_heads and kv_num_heads")
        }
        return extents
    }

    /// The shape of an input of the query's type, float32 or float64.
    private func shape(_ inputs: [Signature?], _ index: Int) throws(NetworkError) -> [Int] {
        let input = try node.required(inputs, index), query = try node.required(inputs, 0).elementType
        guard query == .float64 else { return try node.floatSignature(inputs, index).shape }
        guard input.elementType == query else {
            throw node.error(
                .unsupported, "input \(index) has elements of type \(input.elementType.rawValue); the query's are \(query.rawValue)")
        }
        return input.shape
    }

    private func checkMask(_ inputs: [Signature?], _ extents: AttentionExtents) throws(NetworkError) {
        guard inputs.count > 3, let mask = inputs[3] else { return }
        let numbers = try node.required(inputs, 0).elementType
        guard mask.elementType == .bool || mask.elementType == numbers else {
            throw node.error(
                .unsupported, "the mask has elements of type \(mask.elementType.rawValue); expected bool or numbers as the query's")
        }
        let scores = [extents.batch, extents.queryHeads, extents.queries, extents.keys]
        guard mask.rank <= 4, (mask.shape.last ?? 1) <= extents.keys,
            Broadcast.shape(mask.shape.dropLast() + [1], scores) == scores
        else { throw node.error(.shape, "the mask has the shape \(mask.shape); expected one that broadcasts to \(scores)") }
    }

    private func checkLengths(_ inputs: [Signature?], _ extents: AttentionExtents) throws(NetworkError) {
        guard inputs.count > 6, let lengths = inputs[6] else { return }
        guard extents.past == 0, lengths.elementType == .int64, lengths.shape == [extents.batch] else {
            throw node.error(
                .shape,
                "nonpad_kv_seqlen has the shape \(lengths.shape); expected one int64 for each of \(extents.batch), without past keys")
        }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let extents = try extents(inputs.map { $0.map { Signature($0) } })
        func given(_ index: Int) -> Tensor? { index < inputs.count ? inputs[index] : nil }
        let query = try node.given(inputs, 0)
        let key = withPast(given(4), extents.split(try node.given(inputs, 1), heads: extents.keyHeads))
        let value = withPast(given(5), extents.split(try node.given(inputs, 2), heads: extents.keyHeads))
        let givesScores = node.outputs.count > 3 && !node.outputs[3].isEmpty
        if query.elementType == .float64 {
            let attention = DoubleAttention(
                extents: extents, mask: given(3), lengths: given(6)?.integers, isCausal: isCausal, softcap: Double(softcap),
                stage: scoreStage, scale: scale.map(Double.init) ?? 1 / Double(extents.headSize).squareRoot())
            let (result, scores) = attention.attend(
                queries: extents.split(query, heads: extents.queryHeads).doubles, keys: key.doubles, values: value.doubles,
                givesScores: givesScores)
            return results(.float64(result), key, value, .float64(givesScores ? scores : [0]), query, outputs, extents)
        }
        let factor = (scale ?? 1 / Float(extents.headSize).squareRoot()).squareRoot()
        guard let queries = extents.split(query, heads: extents.queryHeads).floats, let keys = key.transposed([0, 1, 3, 2]).floats,
            let values = value.floats
        else { throw node.error(.internalFault, "an input is not float32") }
        let scores = AttentionScores(
            extents: extents, mask: given(3), lengths: given(6)?.integers, isCausal: isCausal, softcap: softcap, stage: scoreStage)
        let (result, given) = try scores.attend(
            queries: queries.map { $0 * factor }, keys: keys.map { $0 * factor }, values: values,
            givesScores: givesScores, context: context)
        return results(.float32(result), key, value, .float32(givesScores ? given : [0]), query, outputs, extents)
    }

    /// The outputs, under their shapes.
    private func results(
        _ attended: TensorStorage, _ key: Tensor, _ value: Tensor, _ scores: TensorStorage, _ query: Tensor, _ outputs: [TensorType],
        _ extents: AttentionExtents
    ) -> [Tensor] {
        var result = Tensor([extents.batch, extents.queryHeads, extents.queries, extents.valueSize], attended)
        if query.shape.count == 3 { result = result.transposed([0, 2, 1, 3]).reshaped(outputs[0].shape) }
        var results = [result, key, value]
        if outputs.count > 3 { results.append(Tensor(node.outputs[3].isEmpty ? [] : outputs[3].shape, scores)) }
        return Array(results.prefix(outputs.count))
    }

    /// The past and the present one behind the other along the length.
    private func withPast(_ past: Tensor?, _ present: Tensor) -> Tensor {
        guard let past else { return present }
        let before = past.shape[2] * past.shape[3], own = present.shape[2] * present.shape[3]
        var shape = present.shape
        shape[2] += past.shape[2]
        func joined<Number>(_ earlier: [Number], _ later: [Number]) -> [Number] {
            var all: [Number] = []
            all.reserveCapacity(earlier.count + later.count)
            for head in 0..<shape[0] * shape[1] {
                all += earlier[head * before..<(head + 1) * before]
                all += later[head * own..<(head + 1) * own]
            }
            return all
        }
        if let earlier = past.floats, let later = present.floats { return Tensor(shape, .float32(joined(earlier, later))) }
        return Tensor(shape, .float64(joined(past.doubles, present.doubles)))
    }

    /// Every query sees all keys, and masks count places from the start: the whole of every axis but the batch.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).indices.map { $0 == 0 && index < 3 ? .same(0) : .whole }
    }
}

/// The extents of an attention.
struct AttentionExtents: Sendable {
    let batch, queryHeads, keyHeads, queries, past, headSize, valueSize: Int
    /// Keys of the past and the present.
    let keys: Int

    /// `nil` if the shapes do not fit together.
    init?(query: [Int], key: [Int], value: [Int], past: (key: [Int], value: [Int])?, heads: (query: Int?, key: Int?)) {
        guard query.count == key.count, key.count == value.count,
            let q = AttentionExtents.split(query, heads.query), let k = AttentionExtents.split(key, heads.key),
            let v = AttentionExtents.split(value, heads.key)
        else { return nil }
        guard q[0] == k[0], k[0] == v[0], k[1] == v[1], k[1] > 0, q[1] % k[1] == 0, k[2] == v[2], q[3] == k[3], q[3] > 0 else { return nil }
        if let past {
            guard past.key.count == 4, past.value.count == 4, past.key[2] == past.value[2], past.key[..<2] == k[..<2],
                past.value[..<2] == k[..<2], past.key[3] == k[3], past.value[3] == v[3]
            else { return nil }
        }
        (batch, queryHeads, keyHeads, queries, headSize, valueSize) = (q[0], q[1], k[1], q[2], q[3], v[3])
        self.past = past?.key[2] ?? 0
        keys = k[2] + self.past
    }

    /// The shape with an axis for the heads.
    private static func split(_ shape: [Int], _ heads: Int?) -> [Int]? {
        if shape.count == 4 { return shape }
        guard shape.count == 3, let heads, shape[2] % heads == 0 else { return nil }
        return [shape[0], heads, shape[1], shape[2] / heads]
    }

    /// The tensor as (batch, heads, length, size).
    func split(_ tensor: Tensor, heads: Int) -> Tensor {
        guard tensor.shape.count == 3 else { return tensor }
        let shape = tensor.shape
        return tensor.reshaped([shape[0], shape[1], heads, shape[2] / heads]).transposed([0, 2, 1, 3])
    }
}
