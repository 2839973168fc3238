extension Tensor {
    /// For each element a number that orders as the elements do: whole numbers exactly, -0 as 0, and NaN, whichever bits it has, as one
    /// value behind all others, as NumPy sorts it.
    var orderKeys: [UInt64] {
        if case .uint64(let values) = storage { return values }
        if let integers { return integers.map { UInt64(bitPattern: Int64($0)) ^ 1 << 63 } }
        return doubles.map { value in
            guard !value.isNaN else { return .max }
            let bits = value == 0 ? 0 : value.bitPattern
            return value < 0 ? ~bits : bits | 1 << 63
        }
    }
}
