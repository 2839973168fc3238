/// Something that a check did not look at because of a mistake elsewhere, so that nobody takes silence for a pass.
struct BlindSpot {
    /// At most this many lines are named.
    private static let namedLines = 5

    /// The file with the mistake.
    var file: String
    /// The lines of the mistake; empty where the whole file is meant.
    var lines: [Int]
    /// What was not looked at.
    var what: String
    /// Whether it would have been seen in the images only.
    var needsImages = false

    /// One warning for each place, with everything that it keeps from being seen.
    static func diagnostics(for spots: [BlindSpot]) -> [Diagnostic] {
        var places: [BlindSpot] = []
        var hidden: [[String]] = []
        for spot in spots {
            if let index = places.firstIndex(where: { $0.file == spot.file && $0.lines == spot.lines }) {
                if !hidden[index].contains(spot.what) { hidden[index].append(spot.what) }
            } else {
                places.append(spot)
                hidden.append([spot.what])
            }
        }
        return zip(places, hidden).map { place, what in
            Diagnostic(
                file: place.file, line: place.lines.first, severity: .warning,
                found: "what was not looked at because of \(place.reason): \(what.joined(separator: ", "))",
                write: "mend that and check again")
        }
    }

    private var reason: String {
        guard let first = lines.first else { return "the mistake in this file" }
        guard lines.count > 1 else { return "line \(first)" }
        let more = lines.count - Self.namedLines
        return "lines " + lines.prefix(Self.namedLines).map(String.init).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
