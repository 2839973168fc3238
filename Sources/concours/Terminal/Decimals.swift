import Foundation

/// Numbers as people read them in a table: three decimals, `-` where there is none.
enum Decimals {
    static func text(_ value: Double?, places: Int = 3) -> String {
        value.map { String(format: "%.\(places)f", $0) } ?? "-"
    }

    /// Two or three digits, such as 1.0e-06 or 12.5; a hundred and more without decimals.
    static func short(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        return String(format: value < 0.001 ? "%.1e" : (100..<1e9).contains(value) ? "%.0f" : "%.3g", value)
    }

    static func interval(_ ends: ClosedRange<Double>?) -> String {
        guard let ends else { return "-" }
        return "\(text(ends.lowerBound)) to \(text(ends.upperBound))"
    }

    /// Seconds with two decimals below ten, one above.
    static func seconds(_ value: Double?) -> String {
        value.map { String(format: $0 < 10 ? "%.2f s" : "%.1f s", $0) } ?? "-"
    }

    static func mebibytes(_ bytes: Int?) -> String {
        bytes.map { String(format: "%.0f MiB", Double($0) / 1_048_576) } ?? "-"
    }
}
