internal import CKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// The inner part of `Attention`: scores of blocks of queries against all keys, and the values weighted by them.
struct AttentionScores {
    /// What the node gives out of the scores: the plain products, after the soft cap, with the mask, or after softmax.
    enum Stage: Int { case products, capped, masked, weights }

    let extents: AttentionExtents
    let mask: Tensor?
    /// The number of keys of each batch that are not padding.
    let lengths: [Int]?
    let isCausal: Bool
    let softcap: Float
    let stage: Stage

    /// Scores that a thread holds at most, about.
    private static let blockSize = 1 << 20

    /// `queries` are (batch, query heads, L, size), `keys` (batch, key heads, size, S), `values` (batch, key heads, S, value size);
    /// both factors of the products are scaled already.
    ///
    /// - Returns: the attended values (batch, query heads, L, value size), and the scores (batch, query heads, L, S) if asked for.
    func attend(
        queries: [Float], keys: [Float], values: [Float], givesScores: Bool, context: RunContext
    ) throws(NetworkError) -> (result: [Float], scores: [Float]) {
        let own = extents, rows = max(1, min(64, AttentionScores.blockSize / max(1, own.keys)))
        let blocks = (own.queries + rows - 1) / rows, group = own.queryHeads / own.keyHeads
        let bias = MaskReader(mask, extents: own)
        let heads = own.batch * own.queryHeads
        var scores = [Float](repeating: 0, count: givesScores ? heads * own.queries * own.keys : 0)
        let scratchBytes = MatrixProduct.scratchBytes + rows * own.keys * MemoryLayout<Float>.stride
        var failure: NetworkError?
        let result = try floats(count: heads * own.queries * own.valueSize) { (target) throws(NetworkError) in
            scores.withUnsafeMutableBufferPointer { given in
                // Each block writes its own rows only.
                nonisolated(unsafe) let given = given.baseAddress
                nonisolated(unsafe) let target = target
                do throws(NetworkError) {
                    try Parallel.run(threads: context.threads, blocks: heads * blocks, scratchBytes: scratchBytes) { block, scratch in
                        guard let scratch else { return }
                        let head = block / blocks, first = block % blocks * rows, count = min(rows, own.queries - first)
                        let keyHead = head / own.queryHeads * own.keyHeads + head % own.queryHeads / group
                        let products = (scratch + MatrixProduct.scratchBytes).assumingMemoryBound(to: Float.self)
                        let place = head * own.queries + first
                        queries.withUnsafeBufferPointer { queries in
                            keys.withUnsafeBufferPointer { keys in
                                guard let queries = queries.baseAddress, let keys = keys.baseAddress else { return }
                                MatrixProduct.multiplyAlone(
                                    queries + place * own.headSize, keys + keyHead * own.headSize * own.keys, rows: count,
                                    depth: own.headSize, columns: own.keys, into: products, instructions: context.instructions,
                                    scratch: scratch)
                            }
                        }
                        for row in 0..<count {
                            finish(
                                products + row * own.keys, head: head, query: first + row, bias: bias,
                                given: given.map { $0 + (place + row) * own.keys }, givesScores: givesScores)
                        }
                        values.withUnsafeBufferPointer { values in
                            guard let values = values.baseAddress else {
                                return (target + place * own.valueSize).update(repeating: 0, count: count * own.valueSize)
                            }
                            MatrixProduct.multiplyAlone(
                                products, values + keyHead * own.keys * own.valueSize, rows: count, depth: own.keys,
                                columns: own.valueSize, into: target + place * own.valueSize, instructions: context.instructions,
                                scratch: scratch)
                        }
                    }
                } catch { failure = error }
            }
        }
        if let failure { throw failure }
        return (result, scores)
    }

    /// Turns the products of one query into weights, and writes down the stage that the node gives out.
    private func finish(
        _ row: UnsafeMutablePointer<Float>, head: Int, query: Int, bias: MaskReader, given: UnsafeMutablePointer<Float>?, givesScores: Bool
    ) {
        let keys = extents.keys
        func give(_ own: Stage) { if givesScores, stage == own { given?.update(from: row, count: keys) } }
        give(.products)
        if softcap > 0 { for key in 0..<keys { row[key] = tanhf(row[key] / softcap) * softcap } }
        give(.capped)
        bias.add(to: row, head: head, query: query)
        var seen = isCausal ? min(keys, query + extents.past + 1) : keys
        if let lengths { seen = max(0, min(seen, lengths[head / extents.queryHeads])) }
        for key in seen..<keys { row[key] = -.infinity }
        give(.masked)
        ck_softmax(row, row, Int64(keys), 1)
        give(.weights)
    }
}
