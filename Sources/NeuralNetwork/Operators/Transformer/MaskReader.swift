/// Reads an attention's mask, whose axes may be missing or of extent 1.
struct MaskReader: Sendable {
    private let mask: Tensor?
    private let strides: (batch: Int, head: Int, query: Int)
    private let length: Int
    private let extents: AttentionExtents

    init(_ mask: Tensor?, extents: AttentionExtents) {
        self.mask = mask
        self.extents = extents
        let shape = mask?.shape ?? [], own = BlockCopy.strides(of: shape)
        func stride(_ axis: Int) -> Int {
            let place = axis + shape.count - 4
            return place < 0 || shape[place] == 1 ? 0 : own[place]
        }
        strides = (stride(0), stride(1), stride(2))
        length = shape.last ?? extents.keys
    }

    /// Adds the mask of one query to its float32 scores; keys beyond the mask's end are not seen.
    func add(to row: UnsafeMutablePointer<Float>, head: Int, query: Int) { add(mask?.floats, to: row, head: head, query: query) }

    /// The same for float64.
    func add(to row: inout [Double], head: Int, query: Int) {
        row.withUnsafeMutableBufferPointer { row in
            if let base = row.baseAddress { add(mask?.elementType == .float64 ? mask?.doubles : nil, to: base, head: head, query: query) }
        }
    }

    /// - Parameter numbers: the mask's, if it is not of bool.
    private func add<Number: BinaryFloatingPoint>(
        _ numbers: [Number]?, to row: UnsafeMutablePointer<Number>, head: Int, query: Int
    ) {
        guard let mask else { return }
        let (start, step) = place(head: head, query: query)
        if let numbers { for key in 0..<length { row[key] += numbers[start + key * step] } }
        if case .bool(let isSeen) = mask.storage { for key in 0..<length where !isSeen[start + key * step] { row[key] = -.infinity } }
        for key in length..<max(length, extents.keys) { row[key] = -.infinity }
    }

    /// Where the mask of one query begins, and how far apart its elements are.
    private func place(head: Int, query: Int) -> (start: Int, step: Int) {
        let start = head / extents.queryHeads * strides.batch + head % extents.queryHeads * strides.head + query * strides.query
        return (start, mask?.shape.isEmpty == true ? 0 : 1)
    }
}
