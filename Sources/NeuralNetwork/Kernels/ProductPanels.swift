internal import CKernels

/// A matrix (depth, columns) as products of rows with it read it: panels of 32 columns, the last one filled up with zeros to 16 or 32.
struct ProductPanels: Sendable {
    let depth: Int
    /// The columns, without those that fill up.
    let columns: Int
    private let values: AlignedFloats

    /// Packs the matrix whose element (row, column) is `source[row * rowStride + column * columnStride]`.
    init(
        _ source: UnsafePointer<Float>, depth: Int, columns: Int, rowStride: Int, columnStride: Int
    ) throws(NetworkError) {
        let count = ProductPanels.floats(depth: depth, columns: columns)
        let values = try AlignedFloats(count: count) { packed in
            ProductPanels.pack(source, depth: depth, columns: columns, rowStride: rowStride, columnStride: columnStride, into: packed)
        }
        self.init(depth: depth, columns: columns, values: values)
    }

    private init(depth: Int, columns: Int, values: AlignedFloats) {
        (self.depth, self.columns, self.values) = (depth, columns, values)
    }

    /// Floats of a packed matrix.
    static func floats(depth: Int, columns: Int) -> Int { Int(ck_blocked_weight_floats(Int64(columns), Int64(depth), 1)) }

    /// Packs a matrix to where the caller has made room for it.
    static func pack(
        _ source: UnsafePointer<Float>, depth: Int, columns: Int, rowStride: Int, columnStride: Int,
        into packed: UnsafeMutablePointer<Float>
    ) {
        ck_pack_blocked_weights(
            source, Int64(columns), Int64(depth), 1, Int64(columnStride), Int64(rowStride), 0, Int32(CK_LANES), packed)
    }

    /// Tells panels that several layers share.
    var identity: ObjectIdentifier { values.identity }

    /// Bytes that the panels take.
    var bytes: Int { values.count * MemoryLayout<Float>.stride }

    /// The matrix with each column multiplied by a number.
    func scaled(by factors: [Float]) throws(NetworkError) -> ProductPanels {
        let panel = Int(CK_BLOCKED_PANEL), lanes = Int(CK_LANES)
        let scaled = try AlignedFloats(count: values.count) { target in
            values.withPointer { source in
                guard let source else { return }
                for first in stride(from: 0, to: columns, by: panel) {
                    let width = columns - first > lanes ? panel : lanes, start = first * depth
                    for row in 0..<depth {
                        for column in 0..<width {
                            let place = start + row * width + column, factor = first + column < columns ? factors[first + column] : 0
                            target[place] = source[place] * factor
                        }
                    }
                }
            }
        }
        return ProductPanels(depth: depth, columns: columns, values: scaled)
    }

    /// The matrix, column by column.
    var columnwise: [Float] {
        [Float](unsafeUninitializedCapacity: columns * depth) { buffer, count in
            count = columns * depth
            values.withPointer { source in
                guard let source, let target = buffer.baseAddress else { return }
                ck_unpack_blocked_weights(source, Int64(columns), Int64(depth), 1, target)
            }
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result { values.withPointer(body) }
}
