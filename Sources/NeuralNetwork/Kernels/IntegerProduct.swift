/// Products of matrices of 32-bit whole numbers, which wrap around on overflow.
///
/// Raw pointers because the inner loop, one row of the right matrix times one number, is what the compiler makes vectors of.
enum IntegerProduct {
    /// Multiplies (rows, depth) by (depth, columns) into (rows, columns); threads share the rows.
    static func multiply(
        _ left: UnsafePointer<Int32>, _ right: UnsafePointer<Int32>, rows: Int, depth: Int, columns: Int,
        into target: UnsafeMutablePointer<Int32>, threads: Int
    ) throws(NetworkError) {
        // Each block writes its own row only.
        nonisolated(unsafe) let target = target, left = left, right = right
        try Parallel.run(threads: threads, blocks: rows) { row, _ in
            multiplyRow(left + row * depth, right, depth: depth, columns: columns, into: target + row * columns)
        }
    }

    /// One row of a product.
    static func multiplyRow(
        _ left: UnsafePointer<Int32>, _ right: UnsafePointer<Int32>, depth: Int, columns: Int, into target: UnsafeMutablePointer<Int32>
    ) {
        target.update(repeating: 0, count: columns)
        for index in 0..<depth {
            let factor = left[index], row = right + index * columns
            if factor == 0 { continue }
            for column in 0..<columns { target[column] = target[column] &+ factor &* row[column] }
        }
    }
}

extension Tensor {
    /// The elements less a zero point that broadcasts to them, as 32-bit numbers; for whole numbers of 8 and 16 bits.
    func centred(by zero: Tensor?) -> [Int32] {
        guard case .int32(let values) = cast(to: .int32).storage else { return [] }
        guard let zero, case .int32(let zeros) = zero.cast(to: .int32).storage else { return values }
        return Broadcast(shape, zero.shape, shape: shape).map(values, zeros) { $0 &- $1 }
    }
}
