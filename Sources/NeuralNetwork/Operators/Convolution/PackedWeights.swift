internal import CKernels

/// A matrix of weights as the kernels read it: panels of eight rows.
struct PackedWeights: Sendable {
    let rows: Int
    let columns: Int
    private let values: [Float]

    /// Packs the matrix whose element (row, column) is `source[row * rowStride + column * columnStride]`.
    init(_ source: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
        self.rows = rows
        self.columns = columns
        let panel = Int(CK_PANEL)
        values = [Float](unsafeUninitializedCapacity: (rows + panel - 1) / panel * panel * columns) { buffer, count in
            count = (rows + panel - 1) / panel * panel * columns
            guard let base = buffer.baseAddress, count > 0 else { return }
            ck_pack_weights(source, Int64(rows), Int64(columns), Int64(rowStride), Int64(columnStride), base)
        }
    }

    /// The number of floats held.
    var count: Int { values.count }

    func withPointer<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result {
        values.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
