/// Numbers as ECMAScript writes them, which RFC 8785 demands: the shortest digits that read back to the same value, the
/// closest of these to it; plain digits from 1e-6 up to 1e21 and an exponent outside.
/// Source: ECMA-262 section 6.1.6.1.20 (Number::toString); agrees with the table of RFC 8785 appendix B.
enum ECMAScriptNumber {
    /// The text of a finite number. Minus zero is written as `0`, as RFC 8785 demands.
    static func text(_ value: Double) -> String {
        precondition(value.isFinite, "only finite numbers have a JSON text")
        if value == 0 { return "0" }
        let (digits, exponent) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        let count = digits.count
        if count <= exponent, exponent <= 21 { return sign + text(digits) + zeros(exponent - count) }
        if 0 < exponent, exponent <= 21 { return sign + text(digits.prefix(exponent)) + "." + text(digits.dropFirst(exponent)) }
        if -6 < exponent, exponent <= 0 { return sign + "0." + zeros(-exponent) + text(digits) }
        let power = exponent - 1
        let fraction = count == 1 ? "" : "." + text(digits.dropFirst())
        return sign + text(digits.prefix(1)) + fraction + "e" + (power < 0 ? "-" : "+") + String(power.magnitude)
    }

    /// The text of an integer, `nil` where a reader that holds numbers as 64-bit floating point would see another integer.
    static func text(_ value: Int64) -> String? {
        let decimal = String(value)
        if value.magnitude <= 1 << 53 { return decimal }
        return text(Double(value)) == decimal ? decimal : nil
    }

    /// Digits d1 d2 … dk without zeros at the ends and an exponent n so that the value is 0.d1d2…dk × 10^n.
    ///
    /// Swift's own description of a `Double` has the same shortest digits and differs only in where it sets the point.
    private static func shortestDigits(_ value: Double) -> (digits: ArraySlice<UInt8>, exponent: Int) {
        var digits: [UInt8] = []
        var exponent: Int?
        var power = 0
        let description = value.description
        for (offset, byte) in description.utf8.enumerated() {
            if byte == UInt8(ascii: ".") {
                exponent = digits.count
            } else if byte == UInt8(ascii: "e") {
                power = Int(description.utf8.dropFirst(offset + 1).reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar($1)) }) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        let trailing = digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        return (digits[leading..<(digits.count - trailing)], (exponent ?? digits.count) + power - leading)
    }

    private static func text(_ digits: some Sequence<UInt8>) -> String { String(decoding: Array(digits), as: UTF8.self) }

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
}
