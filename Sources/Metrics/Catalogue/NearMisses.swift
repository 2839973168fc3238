/// The search for what a person meant by an id that names nothing.
enum NearMisses {
    /// Ids that are close to `text`, nearest first and at most three: by spelling, or by a name that is used elsewhere.
    static func of(_ text: String, in families: [MetricFamily]) -> [String] {
        let asked = text.lowercased()
        let name = String(asked.prefix { $0 != "@" })
        let parameter = asked.dropFirst(name.count)
        let ranked = families.enumerated().compactMap { order, family -> (distance: Int, order: Int, id: String)? in
            let distance = distanceOfNames(name, family)
            guard distance <= max(1, name.count / 3) else { return nil }
            return (distance, order, suggestion(for: family, parameter: parameter))
        }
        return ranked.sorted { ($0.distance, $0.order) < ($1.distance, $1.order) }.prefix(3).map(\.id)
    }

    private static func distanceOfNames(_ name: String, _ family: MetricFamily) -> Int {
        let own = family.name.lowercased()
        if family.otherNames.contains(name) { return 0 }
        // The family's name without its variant, or a variant that was left out, is as good as one wrong letter.
        if own.hasPrefix(name + ".") || own.hasSuffix("." + name) { return 1 }
        return editDistance(Array(name.utf8), Array(own.utf8))
    }

    /// The id with the parameter that was asked for where the family takes it, else the family's usual member.
    private static func suggestion(for family: MetricFamily, parameter: Substring) -> String {
        let usual = family.examples.first.map { "\($0.id)" } ?? family.name
        guard !parameter.isEmpty else { return usual }
        do {
            return try "\(family.member(MetricID(family.name + parameter)).id)"
        } catch .malformedID(_, _, let write) {
            return (try? MetricID(write)).map { "\($0)" } ?? usual
        } catch {
            return usual
        }
    }

    /// The number of letters to insert, delete, replace or swap with a neighbour (optimal string alignment).
    static func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        // Nobody means an id of ours by a text of this length, and the table below grows with it.
        guard first.count <= 64, second.count <= 64 else { return max(first.count, second.count) }
        var beforePrevious = [Int](repeating: 0, count: second.count + 1)
        var previous = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                var best = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == second[column - 1], first[row - 1] == other {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                current.append(best)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[second.count]
    }
}
