internal import CKernels

/// The extents and strides of a fused attention, and where its matrices lie.
struct FusedAttentionExtents {
    /// One matrix for each head within a tensor: distances in floats.
    struct Matrices {
        let heads: [Int]
        let row, column: Int

        /// - Parameter strides: of the axes, rows and columns last.
        init(_ strides: [Int]) {
            heads = Array(strides.dropLast(2))
            row = strides[strides.count - 2]
            column = strides[strides.count - 1]
        }

        /// The first float of a head, counted along all axes of `batch`.
        func offset(_ batch: [Int], _ head: Int) -> Int {
            var rest = head, offset = 0
            for axis in batch.indices.reversed() {
                offset += rest % batch[axis] * heads[axis]
                rest /= batch[axis]
            }
            return offset
        }
    }

    /// The axes in front of rows and columns.
    let batch: [Int]
    /// Rows of scores, what is summed up for one, keys, and columns of the values.
    let rows, depth, keys, columns: Int
    let query, key, value, bias, result: Matrices

    /// Heads of all images.
    var heads: Int { batch.reduce(1, *) }
    /// The keys, filled up to whole vectors.
    var filledKeys: Int { (keys + Int(CK_LANES) - 1) / Int(CK_LANES) * Int(CK_LANES) }
    /// Floats of the panels of a head's keys, and of both keys and values.
    var keyFloats: Int { ProductPanels.floats(depth: depth, columns: keys) }
    var floatsPerHead: Int { keyFloats + ProductPanels.floats(depth: keys, columns: columns) }
    /// Floats of all panels.
    var panelFloats: Int { heads * floatsPerHead }
    /// Rows whose scores a thread holds: up to 4 MiB.
    var rowsAtOnce: Int { max(1, min(Int(CK_PANEL_ROWS), rows, (1 << 20) / filledKeys)) }
}

extension FusedAttention {
    /// The extents for the kernels; `nil` where these do not take the shapes or types.
    func extents(_ stages: Stages, _ inputs: [Signature?]) -> FusedAttentionExtents? {
        let query = stages.query.shape, key = stages.key.shape, value = stages.value.shape, scores = stages.scores.shape
        let batch = Array(query.dropLast(2)), signatures = [stages.query, stages.key, stages.value, stages.biased, stages.attended]
        guard signatures.allSatisfy({ $0.elementType == .float32 }), query.count >= 2, query.count == key.count, key.count == value.count,
            batch == key.dropLast(2), batch == value.dropLast(2), stages.biased.shape == scores,
            parts.softmax.isAlongLast(of: scores.count),
            let columns = value.last, PanelProduct.takes(columns: columns), !(query + key + value).contains(0)
        else { return nil }
        func strides(_ shape: [Int], _ transposition: Transposition?) -> [Int] {
            let own = BlockCopy.strides(of: shape)
            return (transposition?.order).map { order in order.map { own[$0] } } ?? own
        }
        let rank = query.count, queries = strides(inputs[0]?.shape ?? [], parts.query)
        // The result's axes in their order before the transposition.
        let last = BlockCopy.strides(of: stages.result.shape), order = parts.result?.order ?? Array(0..<rank)
        let results = (0..<rank).map { axis in last[order.firstIndex(of: axis) ?? axis] }
        var biases = [Int](repeating: 0, count: rank)
        if parts.bias != nil, let bias = inputs[3]?.shape {
            let own = BlockCopy.strides(of: bias), added = rank - bias.count
            guard added >= 0, bias.last == scores.last else { return nil }
            for axis in bias.indices where bias[axis] != 1 { biases[axis + added] = own[axis] }
            if bias.last == 1 { biases[rank - 1] = 1 }
        }
        guard queries.last == 1, results.last == 1,
            [parts.query, parts.key, parts.value, parts.result].allSatisfy({ $0 == nil || $0?.order != nil })
        else { return nil }
        return FusedAttentionExtents(
            batch: batch, rows: query[rank - 2], depth: query[rank - 1], keys: key[rank - 1], columns: columns, query: .init(queries),
            key: .init(strides(inputs[1]?.shape ?? [], parts.key)), value: .init(strides(inputs[2]?.shape ?? [], parts.value)),
            bias: .init(biases), result: .init(results))
    }
}

extension Softmax {
    /// Whether it runs along the last of so many axes alone.
    fileprivate func isAlongLast(of rank: Int) -> Bool { node.operatorType == "Softmax" && (axis == -1 || axis == rank - 1) }
}
