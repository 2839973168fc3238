#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `LinearAttention` (opset 27): attention without softmax as a recurrence over the tokens, with a matrix of keys by values as its state.
///
/// The state decays ("gated"), gets the token's key times its value, less what it already answers to that key ("delta"), and is read with
/// the query. Query, key, value (batch, length, heads * size); state (batch, key heads, key size, value size). In double precision.
struct LinearAttention: Operator {
    private let node: Node
    private let heads: (query: Int, key: Int)
    private let scale: Double
    private let isGated, isDelta: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...6, outputs: 1...2)
        try node.allow("chunk_size", "kv_num_heads", "q_num_heads", "scale", "update_rule")
        self.node = node
        heads = (try node.int("q_num_heads") ?? 0, try node.int("kv_num_heads") ?? 0)
        scale = Double(try node.float("scale") ?? 0)
        let rule = try node.string("update_rule") ?? "gated_delta"
        guard heads.key > 0, heads.query > 0, heads.query % heads.key == 0, ["linear", "gated", "delta", "gated_delta"].contains(rule)
        else {
            throw node.error(
                .attribute,
                "q_num_heads \(heads.query), kv_num_heads \(heads.key), update_rule '\(rule)': expected positive numbers, the first a "
                    + "multiple of the second, and linear, gated, delta or gated_delta")
        }
        isGated = rule.hasPrefix("gated")
        isDelta = rule.hasSuffix("delta")
        func isGiven(_ index: Int) -> Bool { index < node.inputs.count && !node.inputs[index].isEmpty }
        guard isGiven(4) == isGated, isGiven(5) == isDelta else {
            throw node.error(.graph, "update_rule '\(rule)' does not fit the inputs decay and beta that are there")
        }
    }

    /// Sizes of a key and a value.
    private func sizes(_ inputs: [Signature?]) throws(NetworkError) -> (batch: Int, length: Int, key: Int, value: Int) {
        let query = try node.floatSignature(inputs, 0).shape, key = try node.floatSignature(inputs, 1).shape
        let value = try node.floatSignature(inputs, 2).shape
        guard query.count == 3, key.count == 3, value.count == 3, query[..<2] == key[..<2], key[..<2] == value[..<2],
            query[2] % heads.query == 0, key[2] % heads.key == 0, value[2] % heads.key == 0, query[2] / heads.query == key[2] / heads.key,
            key[2] > 0
        else { throw node.error(.shape, "query \(query), key \(key) and value \(value) do not fit together") }
        return (query[0], query[1], key[2] / heads.key, value[2] / heads.key)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let own = try sizes(inputs), places = [own.batch, own.length], state = [own.batch, heads.key, own.key, own.value]
        for (index, expected) in [
            (3, [state]), (4, [places + [heads.key], places + [heads.key * own.key]]), (5, [places + [heads.key], places + [1]]),
        ] where index < inputs.count && inputs[index] != nil {
            let shape = try node.floatSignature(inputs, index).shape
            guard expected.contains(shape) else { throw node.error(.shape, "input \(index) has the shape \(shape); expected \(expected)") }
        }
        try node.expect(work: [own.batch, heads.query, own.length, own.key, max(1, own.value)], of: "the attention")
        return [Signature(places + [heads.query * own.value], .float32), Signature(state, .float32)].prefix(node.outputs.count).map(\.self)
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let own = try sizes(inputs.map { $0.map { Signature($0) } })
        func values(_ index: Int) -> [Double]? { index < inputs.count ? inputs[index]?.doubles : nil }
        let query = values(0) ?? [], key = values(1) ?? [], value = values(2) ?? [], decay = values(4), beta = values(5)
        let stateSize = own.key * own.value, factor = scale == 0 ? 1 / Double(own.key).squareRoot() : scale, group = heads.query / heads.key
        var states = values(3) ?? [Double](repeating: 0, count: own.batch * heads.key * stateSize)
        var results = [Double](repeating: 0, count: own.batch * own.length * heads.query * own.value)
        let isPerKey = decay.map { $0.count == own.batch * own.length * heads.key * own.key } ?? false
        let isPerHead = beta.map { $0.count == own.batch * own.length * heads.key } ?? false
        for image in 0..<own.batch {
            for head in 0..<heads.key {
                let state = (image * heads.key + head) * stateSize
                for step in 0..<own.length {
                    let token = image * own.length + step, place = token * heads.key + head
                    if let decay {
                        for row in 0..<own.key {
                            let rate = exp(decay[isPerKey ? place * own.key + row : place])
                            for column in 0..<own.value { states[state + row * own.value + column] *= rate }
                        }
                    }
                    for column in 0..<own.value {
                        var written = value[place * own.value + column]
                        if let beta {
                            var known = 0.0
                            for row in 0..<own.key { known += states[state + row * own.value + column] * key[place * own.key + row] }
                            written = beta[isPerHead ? place : token] * (written - known)
                        }
                        for row in 0..<own.key { states[state + row * own.value + column] += key[place * own.key + row] * written }
                    }
                    for reader in head * group..<(head + 1) * group {
                        for column in 0..<own.value {
                            var sum = 0.0
                            for row in 0..<own.key {
                                sum += query[(token * heads.query + reader) * own.key + row] * states[state + row * own.value + column]
                            }
                            results[(token * heads.query + reader) * own.value + column] = factor * sum
                        }
                    }
                }
            }
        }
        let state = Tensor([own.batch, heads.key, own.key, own.value], doubles: states, as: .float32)
        return [Tensor(outputs[0].shape, doubles: results, as: .float32), state].prefix(outputs.count).map(\.self)
    }

    /// A token sees all before it.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).indices.map { $0 == 0 ? .same(0) : .whole }
    }
}
