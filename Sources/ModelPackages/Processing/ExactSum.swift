/// A sum of doubles that does not depend on their order: exact while it grows, rounded once at the end.
///
/// The binary range of doubles is cut into 66 parts of 32 bits; each holds a 128-bit sum of what falls into it, which has room for
/// 2^42 values. Statistics of an image are therefore the same whether it is read whole or block by block.
/// Source: the idea of Kulisch's long accumulator.
struct ExactSum {
    private var parts = [Int128](repeating: 0, count: 66)
    /// What is not finite; added in the ordinary way, since its order does not matter.
    private var special = 0.0

    /// Adds a value.
    @inline(__always)
    mutating func add(_ value: Double) {
        let bits = value.bitPattern
        let exponent = Int(truncatingIfNeeded: bits >> 52 & 0x7FF)
        guard exponent < 0x7FF else {
            special += value
            return
        }
        let fraction = Int64(truncatingIfNeeded: bits & 0xF_FFFF_FFFF_FFFF)
        // A subnormal number has no leading one and the place of the smallest normal one.
        let significand = exponent == 0 ? fraction : fraction | 1 << 52
        let place = max(exponent, 1) - 1
        let term = Int128(significand) << Int128(place & 31)
        if bits >> 63 == 0 { parts[place >> 5] &+= term } else { parts[place >> 5] &-= term }
    }

    /// The sum as a double.
    var value: Double {
        guard special == 0 else { return special }
        var digits = parts
        var carry: Int128 = 0
        for index in digits.indices {
            let sum = digits[index] + carry
            carry = sum >> 32
            digits[index] = sum - carry << 32
        }
        let isNegative = carry < 0
        if isNegative {
            // The magnitude: two's complement over all digits.
            var borrow: Int128 = 0
            for index in digits.indices {
                let difference = -digits[index] + borrow
                borrow = difference >> 32
                digits[index] = difference - borrow << 32
            }
            carry = -carry + borrow
        }
        digits.append(carry)
        guard let top = digits.lastIndex(where: { $0 != 0 }) else { return 0 }
        // The three leading digits hold at least 65 bits; one bit behind them says whether anything follows.
        let base = max(0, top - 2)
        var leading = digits[base...top].reversed().reduce(Int128(0)) { $0 << 32 | $1 }
        if digits[..<base].contains(where: { $0 != 0 }) { leading |= 1 }
        let magnitude = Double(leading) * power(32 * base - 1074)
        return isNegative ? -magnitude : magnitude
    }

    /// 2 to an exponent of at least -1074.
    private func power(_ exponent: Int) -> Double {
        exponent < -1022 ? Double(bitPattern: 1 << UInt64(exponent + 1074)) : Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
