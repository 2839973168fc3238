/// Sizes as people read them.
public enum ByteCount {
    /// A size and the limit that it is above, in bytes where larger units would not tell them apart.
    public static func texts(_ bytes: Int, above limit: Int) -> (found: String, limit: String) {
        let (found, most) = (text(bytes), text(limit))
        return found == most ? ("\(bytes) bytes", "\(limit) bytes") : (found, most)
    }

    /// A size in the largest unit of which it has one, with two digits behind the point: `2.00 GiB`, `512 bytes`.
    public static func text(_ bytes: Int) -> String {
        for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << shift {
            let hundredths = Int((Double(bytes) / Double(1 << shift) * 100).rounded())
            let rest = hundredths % 100
            return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) \(unit)"
        }
        return "\(bytes) bytes"
    }
}
