internal import CKernels

/// A product of rows with panels; the columns fill vectors.
///
/// Each element is bias + r0 * m0 + r1 * m1 + …, one chain of fused multiply-adds from first to last: the same bits for any number of
/// rows and threads, and for AVX2 and AVX-512.
struct PanelProduct {
    let left: UnsafePointer<Float>
    let rows: Int
    let depth: Int
    let columns: Int
    var bias: UnsafePointer<Float>?
    /// What is added to the sums, (rows, columns).
    var added: UnsafePointer<Float>?
    var activation = FusedActivation.none

    /// Whether products with so many columns can be computed.
    static func takes(columns: Int) -> Bool { columns > 0 && columns % Int(CK_LANES) == 0 }

    /// Writes (rows, columns); threads share the rows, and the columns where there are few rows.
    func run(_ packed: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, context: RunContext) throws(NetworkError) {
        guard rows > 0 else { return }
        let most = Int(CK_PANEL_ROWS), parts = (rows + most - 1) / most, panel = Int(CK_BLOCKED_PANEL)
        let panels = (columns + panel - 1) / panel, pieces = parts >= context.threads ? 1 : min(panels, context.threads)
        let scratchBytes = Int(ck_panel_product_scratch_bytes(Int64(columns)))
        try Parallel.run(threads: context.threads, blocks: parts * pieces, scratchBytes: scratchBytes) { block, scratch in
            let (part, piece) = block.quotientAndRemainder(dividingBy: pieces)
            let first = panels * piece / pieces * panel, last = min(columns, panels * (piece + 1) / pieces * panel)
            var factors = ck_panel_factors(
                left: left, left_step: Int64(depth), depth: Int64(depth), packed: packed + first * depth, columns: Int64(last - first),
                result_step: Int64(columns), bias: bias.map { $0 + first }, added: added.map { $0 + first }, activation: activation.code,
                slope: activation.slope, result: target + first)
            ck_panel_product(&factors, Int64(rows * part / parts), Int64(rows * (part + 1) / parts), context.instructions.level, scratch)
        }
    }
}
