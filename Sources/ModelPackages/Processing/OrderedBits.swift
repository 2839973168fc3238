/// Bits that sort as the numbers do: those of negative numbers inverted, of others with the sign bit set.
extension Double {
    @inline(__always)
    var orderedBits: UInt64 { bitPattern >> 63 == 1 ? ~bitPattern : bitPattern | 1 << 63 }

    @inline(__always)
    static func ofOrdered(bits: UInt64) -> Double { Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits) }
}

extension Float {
    @inline(__always)
    var orderedBits: UInt32 { bitPattern >> 31 == 1 ? ~bitPattern : bitPattern | 1 << 31 }

    @inline(__always)
    static func ofOrdered(bits: UInt32) -> Float { Float(bitPattern: bits >> 31 == 1 ? bits & ~(1 << 31) : ~bits) }
}
