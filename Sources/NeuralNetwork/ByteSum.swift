/// A sum of bytes that stays at the largest number where it is beyond.
package struct ByteSum {
    package private(set) var bytes = 0

    /// Nothing.
    package init() {}

    /// Adds elements of a size.
    package mutating func add(_ count: Int, of size: Int = 1) {
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: size)
        let (sum, overflows) = bytes.addingReportingOverflow(product)
        bytes = isTooLarge || overflows ? .max : sum
    }

    /// Adds float32 values.
    package mutating func add(floats count: Int) { add(count, of: MemoryLayout<Float>.stride) }

    /// Adds a tensor.
    mutating func add(_ type: TensorType) { add(type.boundedCount, of: type.elementType.byteCount) }
}
