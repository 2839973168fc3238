/// Elements as raw memory, for kernels that move elements without looking at them.
extension TensorStorage {
    /// Storage whose bytes a closure fills; the memory starts as zeros.
    static func filled(type: ElementType, count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> TensorStorage {
        func array<Element>(_ zero: Element) -> [Element] {
            var values = [Element](repeating: zero, count: count)
            values.withUnsafeMutableBytes(fill)
            return values
        }
        switch type {
        case .float32: return .float32(array(0))
        case .float64: return .float64(array(0))
        case .float16: return .float16(array(0))
        case .bfloat16: return .bfloat16(array(BFloat16(bits: 0)))
        case .int64: return .int64(array(0))
        case .int16: return .int16(array(0))
        case .uint64: return .uint64(array(0))
        case .uint32: return .uint32(array(0))
        case .int32: return .int32(array(0))
        case .int8: return .int8(array(0))
        case .uint8: return .uint8(array(0))
        case .uint16: return .uint16(array(0))
        case .bool: return .bool(array(false))
        case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float4e2m1, .uint4, .int4, .uint2, .int2:
            return .narrow(NarrowElements(type, codes: array(0)))
        }
    }

    /// Gives a closure the elements' bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .float32(let values): values.withUnsafeBytes(body)
        case .float64(let values): values.withUnsafeBytes(body)
        case .float16(let values): values.withUnsafeBytes(body)
        case .bfloat16(let values): values.withUnsafeBytes(body)
        case .int64(let values): values.withUnsafeBytes(body)
        case .int16(let values): values.withUnsafeBytes(body)
        case .uint64(let values): values.withUnsafeBytes(body)
        case .uint32(let values): values.withUnsafeBytes(body)
        case .int32(let values): values.withUnsafeBytes(body)
        case .int8(let values): values.withUnsafeBytes(body)
        case .uint8(let values): values.withUnsafeBytes(body)
        case .uint16(let values): values.withUnsafeBytes(body)
        case .bool(let values): values.withUnsafeBytes(body)
        case .narrow(let values): values.codes.withUnsafeBytes(body)
        }
    }
}

/// A float32 array whose elements a kernel writes, all of them.
func floats(count: Int, _ fill: (UnsafeMutablePointer<Float>) throws(NetworkError) -> Void) throws(NetworkError) -> [Float] {
    var failure: NetworkError?
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        initialized = count
        guard let base = buffer.baseAddress, count > 0 else { return }
        do throws(NetworkError) { try fill(base) } catch { failure = error }
    }
    if let failure { throw failure }
    return values
}
