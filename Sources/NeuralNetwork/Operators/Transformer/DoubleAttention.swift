#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The inner part of `Attention` in float64, one query after the other.
struct DoubleAttention {
    let extents: AttentionExtents
    let mask: Tensor?
    /// The number of keys of each batch that are not padding.
    let lengths: [Int]?
    let isCausal: Bool
    let softcap: Double
    let stage: AttentionScores.Stage
    let scale: Double

    /// `queries` are (batch, query heads, L, size), `keys` (batch, key heads, S, size), `values` (batch, key heads, S, value size).
    ///
    /// - Returns: the attended values (batch, query heads, L, value size), and the scores (batch, query heads, L, S) if asked for.
    func attend(queries: [Double], keys: [Double], values: [Double], givesScores: Bool) -> (result: [Double], scores: [Double]) {
        let own = extents, group = own.queryHeads / own.keyHeads, bias = MaskReader(mask, extents: own)
        var result: [Double] = [], scores: [Double] = []
        for head in 0..<own.batch * own.queryHeads {
            let keyHead = head / own.queryHeads * own.keyHeads + head % own.queryHeads / group
            for query in 0..<own.queries {
                let row = queries[((head * own.queries + query) * own.headSize)...].prefix(own.headSize)
                var seen = isCausal ? min(own.keys, query + own.past + 1) : own.keys
                if let lengths { seen = max(0, min(seen, lengths[head / own.queryHeads])) }
                var stages: [[Double]] = [
                    (0..<own.keys).map { key in
                        zip(row, keys[((keyHead * own.keys + key) * own.headSize)...]).reduce(0) { $0 + $1.0 * $1.1 } * scale
                    }
                ]
                stages.append(softcap > 0 ? stages[0].map { tanh($0 / softcap) * softcap } : stages[0])
                var masked = stages[1]
                bias.add(to: &masked, head: head, query: query)
                for key in seen..<own.keys { masked[key] = -.infinity }
                stages.append(masked)
                let most = stages[2].max() ?? 0, powers = stages[2].map { exp($0 - most) }, sum = powers.reduce(0, +)
                stages.append(powers.map { $0 / sum })
                if givesScores { scores += stages[stage.rawValue] }
                for column in 0..<own.valueSize {
                    result.append(
                        (0..<own.keys).reduce(0) { $0 + stages[3][$1] * values[(keyHead * own.keys + $1) * own.valueSize + column] })
                }
            }
        }
        return (result, scores)
    }
}
