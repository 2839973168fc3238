/// Numbers as people read them: the same text on every machine, in every locale.
///
/// The minus sign is U+2212, the decimal mark a point. What is shown here is rounded; exports carry the exact values.
public enum NumberText {
    /// A number with a fixed count of decimal places, halves rounded away from zero; `–` where there is none.
    public static func fixed(_ value: Double?, places: Int) -> String {
        guard let value, value.isFinite else { return "–" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
        // Above 2^53 the integer part is exact anyway and decimals mean nothing.
        guard scaled < 9_007_199_254_740_992 else { return "\(value)".replacingMinus() }
        let digits = Int(scaled)
        let sign = value < 0 && digits != 0 ? "−" : ""
        guard places > 0 else { return sign + String(digits) }
        let unit = Int(scale)
        let fraction = String(digits % unit)
        return sign + String(digits / unit) + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// A score: three decimals below 10, two below 100, one below 1000, none above.
    public static func score(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "–" }
        return fixed(value, places: scorePlaces(value))
    }

    /// Both ends of an interval with the same number of decimals, such as `0.712 to 0.804`.
    public static func interval(_ interval: ClosedRange<Double>?) -> String {
        guard let interval else { return "–" }
        let places = scorePlaces(max(interval.lowerBound.magnitude, interval.upperBound.magnitude))
        return fixed(interval.lowerBound, places: places) + " to " + fixed(interval.upperBound, places: places)
    }

    /// A share in percent without decimals; never `100 %` or `0 %` unless it is exactly that.
    public static func percent(_ share: Double?) -> String {
        guard let share, share.isFinite else { return "–" }
        if share > 0 && share < 0.01 { return "< 1 %" }
        if share < 1 && share > 0.99 { return "> 99 %" }
        return fixed(share * 100, places: 0) + " %"
    }

    /// A duration in the unit that suits it: `8.4 ms`, `420 ms`, `12.3 s`, `4 min 05 s`, `2 h 03 min`.
    public static func seconds(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds < 0.00995 { return fixed(seconds * 1000, places: 1) + " ms" }
        if seconds < 0.9995 { return fixed(seconds * 1000, places: 0) + " ms" }
        if seconds < 9.995 { return fixed(seconds, places: 2) + " s" }
        if seconds < 59.95 { return fixed(seconds, places: 1) + " s" }
        guard seconds < 1e12 else { return "\(seconds) s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        let minutes = Int((seconds / 60).rounded())
        return "\(minutes / 60) h \(twoDigits(minutes % 60)) min"
    }

    /// A size in the binary unit that suits it, three digits: `812 KiB`, `64.5 MiB`, `1.90 GiB`.
    public static func bytes(_ bytes: Int?) -> String {
        guard let bytes, bytes >= 0 else { return "–" }
        if bytes < 1024 { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] where value >= 1023.5 || unit == "B" {
            value /= 1024
            unit = next
        }
        return fixed(value, places: value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + unit
    }

    /// A count with a thin space between groups of three digits from 10 000 on.
    public static func count(_ count: Int) -> String {
        let digits = String(count.magnitude)
        guard digits.count > 4 else { return (count < 0 ? "−" : "") + digits }
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { result += "\u{202F}" }
            result.append(digit)
        }
        return (count < 0 ? "−" : "") + result
    }

    private static func scorePlaces(_ value: Double) -> Int {
        let size = value.magnitude
        return size < 9.9995 ? 3 : size < 99.995 ? 2 : size < 999.95 ? 1 : 0
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}

extension String {
    fileprivate func replacingMinus() -> String { String(map { $0 == "-" ? "−" : $0 }) }
}
