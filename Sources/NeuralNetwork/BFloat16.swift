/// A brain float: the upper half of a float32, with its range and 8 bits of precision.
public struct BFloat16: Sendable, Hashable {
    /// Sign, exponent and fraction.
    public let bits: UInt16

    /// Makes a number from its bits.
    public init(bits: UInt16) {
        self.bits = bits
    }

    /// Rounds to the nearest number, ties to even.
    public init(_ value: Float) {
        let pattern = value.bitPattern
        guard !value.isNaN else {
            bits = UInt16(pattern >> 16) | 0x40
            return
        }
        bits = UInt16(truncatingIfNeeded: (UInt64(pattern) + 0x7FFF + UInt64(pattern >> 16 & 1)) >> 16)
    }

    /// The same number as a float32.
    public var value: Float { Float(bitPattern: UInt32(bits) << 16) }
}
