/// The numbers of a narrow type. Source: ONNX's tables for `Cast`; OCP 8-bit floating point specification; arXiv 2206.02915 for the forms
/// without negative zero ("uz").
struct NarrowFormat: Sendable {
    /// How a scale, which is a power of two, is rounded.
    enum ScaleRounding: String, Sendable { case up, down, nearest }

    private enum Kind { case signed, unsigned, scale, fraction }

    let bits: Int
    /// The number of each code.
    let values: [Float]
    private let kind: Kind
    /// The largest code of a positive number, and the codes of "no number" and "too large".
    private let largest: Int
    private let noNumber, tooLarge: UInt8
    private let hasNegativeZero: Bool

    /// The formats of the narrow types.
    static let formats: [ElementType: NarrowFormat] = [
        .float8e4m3fn: NarrowFormat(exponentBits: 4, fractionBits: 3, bias: 7, largest: 0x7E, noNumber: 0x7F, tooLarge: 0x7F),
        .float8e4m3fnuz: NarrowFormat(
            exponentBits: 4, fractionBits: 3, bias: 8, largest: 0x7F, noNumber: 0x80, tooLarge: 0x80, hasNegativeZero: false),
        .float8e5m2: NarrowFormat(exponentBits: 5, fractionBits: 2, bias: 15, largest: 0x7B, noNumber: 0x7E, tooLarge: 0x7C),
        .float8e5m2fnuz: NarrowFormat(
            exponentBits: 5, fractionBits: 2, bias: 16, largest: 0x7F, noNumber: 0x80, tooLarge: 0x80, hasNegativeZero: false),
        .float4e2m1: NarrowFormat(exponentBits: 2, fractionBits: 1, bias: 1, largest: 7, noNumber: 8, tooLarge: 7),
        .float8e8m0: NarrowFormat(scaleBits: 8), .uint4: NarrowFormat(wholeBits: 4, isSigned: false),
        .int4: NarrowFormat(wholeBits: 4, isSigned: true), .uint2: NarrowFormat(wholeBits: 2, isSigned: false),
        .int2: NarrowFormat(wholeBits: 2, isSigned: true),
    ]

    private init(wholeBits bits: Int, isSigned: Bool) {
        self.bits = bits
        kind = isSigned ? .signed : .unsigned
        let count = 1 << bits
        values = (0..<count).map { Float(isSigned && $0 >= count / 2 ? $0 - count : $0) }
        (largest, noNumber, tooLarge, hasNegativeZero) = (isSigned ? count / 2 - 1 : count - 1, 0, 0, false)
    }

    private init(scaleBits bits: Int) {
        self.bits = bits
        kind = .scale
        values = (0..<256).map { $0 == 255 ? .nan : $0 == 0 ? 0x1p-127 : Float(sign: .plus, exponent: $0 - 127, significand: 1) }
        (largest, noNumber, tooLarge, hasNegativeZero) = (254, 255, 255, false)
    }

    private init(
        exponentBits: Int, fractionBits: Int, bias: Int, largest: Int, noNumber: UInt8, tooLarge: UInt8, hasNegativeZero: Bool = true
    ) {
        bits = 1 + exponentBits + fractionBits
        kind = .fraction
        let half = 1 << (exponentBits + fractionBits)
        let positive = (0..<half).map { code -> Float in
            let exponent = code >> fractionBits, fraction = Float(code & (1 << fractionBits - 1)) / Float(1 << fractionBits)
            guard code <= largest else { return code == Int(tooLarge) && tooLarge != noNumber ? .infinity : .nan }
            return exponent == 0
                ? Float(sign: .plus, exponent: 1 - bias, significand: 1) * fraction
                : Float(sign: .plus, exponent: exponent - bias, significand: 1 + fraction)
        }
        var all = positive + positive.map { -$0 }
        if !hasNegativeZero { all[half] = .nan }
        values = all
        (self.largest, self.noNumber, self.tooLarge, self.hasNegativeZero) = (largest, noNumber, tooLarge, hasNegativeZero)
    }

    /// The range of the whole numbers; `nil` for other types.
    var wholeRange: ClosedRange<Double>? {
        switch kind {
        case .signed: Double(-largest - 1)...Double(largest)
        case .unsigned: 0...Double(largest)
        case .scale, .fraction: nil
        }
    }

    /// The code of a number.
    func code(_ value: Double, saturates: Bool, scaleRounding: ScaleRounding) -> UInt8 {
        switch kind {
        case .signed, .unsigned:
            guard value.isFinite else { return 0 }
            let whole = max(-0x1p62, min(value.rounded(.towardZero), 0x1p62))
            return UInt8(truncatingIfNeeded: Int64(whole)) & UInt8(1 << bits - 1)
        case .scale: return scaleCode(value, saturates: saturates, scaleRounding)
        case .fraction: return fractionCode(value, saturates: saturates)
        }
    }

    private func fractionCode(_ value: Double, saturates: Bool) -> UInt8 {
        if value.isNaN { return noNumber }
        let sign = value.sign == .minus ? UInt8(1 << (bits - 1)) : 0
        let magnitude = value.magnitude
        // The code of the largest number that is not above it.
        var low = 0, high = largest + 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if Double(values[middle]) <= magnitude { low = middle } else { high = middle }
        }
        var code = low
        let own = Double(values[low])
        // Behind the largest number the next one lies as far as the one before it.
        let next = low < largest ? Double(values[low + 1]) : 2 * own - Double(values[low - 1])
        let distance = magnitude - own, gap = next - own
        if distance > gap / 2 || distance == gap / 2 && low % 2 == 1 { code += 1 }
        if code > largest || !magnitude.isFinite {
            if saturates { return UInt8(largest) | sign }
            return hasNegativeZero ? tooLarge | sign : tooLarge
        }
        return code == 0 && !hasNegativeZero ? 0 : UInt8(code) | sign
    }

    private func scaleCode(_ value: Double, saturates: Bool, _ rounding: ScaleRounding) -> UInt8 {
        if value.isNaN { return noNumber }
        let magnitude = value.magnitude
        guard magnitude >= Double(values[0]) else { return saturates || magnitude > 0 && rounding != .nearest ? 0 : noNumber }
        guard magnitude <= Double(values[largest]) else { return saturates ? UInt8(largest) : noNumber }
        let code = magnitude.exponent + 127, significand = magnitude.significand
        let goesUp =
            switch rounding {
            case .up: significand > 1
            case .down: false
            case .nearest: significand >= 1.5
            }
        return UInt8(min(largest, code + (goesUp ? 1 : 0)))
    }
}
