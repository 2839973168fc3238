internal import CKernels

/// Products of matrices in C order by our kernels.
///
/// Each element of a product is one chain of fused multiply-adds over the depth, from first to last: the same bits for any number
/// of threads, any cut into blocks of rows or columns, and for AVX2 and AVX-512.
enum MatrixProduct {
    /// From so many rows on the right matrix is packed into panels, which then are read once for each part of the rows.
    private static let manyRows = 32

    /// Up to so many rows are multiplied one by one, since bringing the right matrix into another order would take longer.
    private static let fewRows = 4

    /// Multiplies (rows, depth) by (depth, columns) into (rows, columns); threads share the columns.
    static func multiply(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, rows: Int, depth: Int, columns: Int,
        into target: UnsafeMutablePointer<Float>, context: RunContext
    ) throws(NetworkError) {
        guard rows > 0, columns > 0 else { return }
        guard depth > 0 else { return target.update(repeating: 0, count: rows * columns) }
        let width = Int(CK_SLICE) * 8
        if rows <= fewRows {
            return try Parallel.run(threads: context.threads, blocks: (columns + width - 1) / width) { block, _ in
                let from = block * width, count = Int64(min(width, columns - from))
                for row in 0..<rows {
                    ck_row_product(
                        left + row * depth, Int64(depth), right + from, Int64(columns), count, context.instructions.level,
                        target + row * columns + from)
                }
            }
        }
        if rows >= manyRows, PanelProduct.takes(columns: columns) {
            return try multiplyByPanels(left, right, rows: rows, depth: depth, columns: columns, into: target, context: context)
        }
        let packed = PackedWeights(left, rows: rows, columns: depth, rowStride: depth, columnStride: 1)
        try Parallel.run(threads: context.threads, blocks: (columns + width - 1) / width, scratchBytes: scratchBytes) { block, scratch in
            product(
                packed, right, columns: columns, from: block * width, to: min(columns, (block + 1) * width), into: target,
                instructions: context.instructions, scratch: scratch)
        }
    }

    /// The same for columns that fill vectors; threads share the rows.
    private static func multiplyByPanels(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, rows: Int, depth: Int, columns: Int,
        into target: UnsafeMutablePointer<Float>, context: RunContext
    ) throws(NetworkError) {
        let panels = try ProductPanels(right, depth: depth, columns: columns, rowStride: columns, columnStride: 1)
        var failure: NetworkError?
        panels.withPointer { packed in
            guard let packed else { return }
            let product = PanelProduct(left: left, rows: rows, depth: depth, columns: columns)
            do throws(NetworkError) { try product.run(packed, into: target, context: context) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The same on the thread that calls, with `scratchBytes` of scratch memory.
    static func multiplyAlone(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, rows: Int, depth: Int, columns: Int,
        into target: UnsafeMutablePointer<Float>, instructions: InstructionSet, scratch: UnsafeMutableRawPointer?
    ) {
        guard rows > 0, columns > 0 else { return }
        guard depth > 0 else { return target.update(repeating: 0, count: rows * columns) }
        let packed = PackedWeights(left, rows: rows, columns: depth, rowStride: depth, columnStride: 1)
        product(packed, right, columns: columns, from: 0, to: columns, into: target, instructions: instructions, scratch: scratch)
    }

    /// The product for other types of number, each element a chain of sums over the depth, from first to last.
    static func plain<Number>(
        _ left: ArraySlice<Number>, _ right: ArraySlice<Number>, rows: Int, depth: Int, columns: Int, zero: Number,
        _ add: (_ sum: Number, _ left: Number, _ right: Number) -> Number
    ) -> [Number] {
        var result = [Number](repeating: zero, count: rows * columns)
        for row in 0..<rows {
            for index in 0..<depth {
                let factor = left[left.startIndex + row * depth + index], start = right.startIndex + index * columns
                for column in 0..<columns {
                    result[row * columns + column] = add(result[row * columns + column], factor, right[start + column])
                }
            }
        }
        return result
    }

    /// Scratch memory of a thread.
    static let scratchBytes = Int(CK_SCRATCH_FLOATS) * MemoryLayout<Float>.stride

    private static func product(
        _ left: PackedWeights, _ right: UnsafePointer<Float>, columns: Int, from: Int, to: Int, into target: UnsafeMutablePointer<Float>,
        instructions: InstructionSet, scratch: UnsafeMutableRawPointer?
    ) {
        let extent = Int64(columns)
        let matrix = ck_window(
            input: (1, 1, extent), output: (1, 1, extent), kernel: (1, 1, 1), stride: (1, 1, 1), dilation: (1, 1, 1), pad: (0, 0, 0))
        left.withPointer { weights in
            withUnsafePointer(to: matrix) { matrix in
                ck_convolution_block(
                    matrix, right, Int64(left.columns), weights, nil, Int64(left.rows), Int64(from), Int64(to), Int32(CK_LINEAR), 0,
                    instructions.level, target, scratch?.assumingMemoryBound(to: Float.self))
            }
        }
    }
}
