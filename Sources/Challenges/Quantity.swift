/// A number with its unit, as organisers write it: `60s`, `7d`, `2GiB`.
enum Quantity {
    /// Why a text is no quantity.
    enum Mistake: Error, Equatable {
        /// A number alone.
        case noUnit(number: String)
        /// A number with a unit that is not in the list.
        case unknownUnit(String)
        /// Something else, or a number too large.
        case notAQuantity
    }

    /// The units of a duration, in seconds.
    static let durations: [(unit: String, factor: Int)] = [("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)]
    /// The units of a size, in bytes.
    static let sizes: [(unit: String, factor: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1000), ("MB", 1_000_000),
        ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ]

    /// Reads a whole number followed by a unit of the list; a blank between them is allowed.
    static func read(_ text: String, units: [(unit: String, factor: Int)]) throws(Mistake) -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard !digits.isEmpty, let number = Int(digits) else { throw .notAQuantity }
        guard !unit.isEmpty else { throw .noUnit(number: String(digits)) }
        guard let factor = units.first(where: { $0.unit == unit })?.factor else { throw .unknownUnit(String(unit)) }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw .notAQuantity }
        return product
    }

    /// A duration in its largest whole unit, `7d`.
    static func duration(_ seconds: Int) -> String { text(seconds, units: durations) }

    /// A size in its largest whole binary unit, `2GiB`.
    static func size(_ bytes: Int) -> String { text(bytes, units: [("B", 1)] + sizes.prefix(4)) }

    /// A duration for people, `60 s` or `7 d`; the larger unit comes into use from two of it on.
    static func durationWords(_ seconds: Int) -> String {
        text(seconds, units: durations.filter { $0.factor == 1 || seconds >= 2 * $0.factor }, blank: " ")
    }

    /// A size for people, `2 GiB`.
    static func sizeWords(_ bytes: Int) -> String { text(bytes, units: [("B", 1)] + sizes.prefix(4), blank: " ") }

    private static func text(_ value: Int, units: [(unit: String, factor: Int)], blank: String = "") -> String {
        let best = units.last { value != 0 && value % $0.factor == 0 } ?? units.first
        guard let best else { return String(value) }
        return "\(value / best.factor)\(blank)\(best.unit)"
    }
}
