/// Names that cannot be guessed: 16 hexadecimal digits from the system's generator.
enum RandomName {
    static func make() -> String {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
