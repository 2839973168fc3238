/// The rule for ids of challenges, splits, phases, slots and cases.
enum Identifier {
    /// The rule in words.
    static let rule = "1 to 64 letters a-z, A-Z, digits, `-`, `_` or `.`, beginning with a letter or a digit"

    /// Whether a text can be an id: safe in file names, addresses and tables.
    static func isValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...64).contains(bytes.count), let first = bytes.first, isAlphanumeric(first) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
