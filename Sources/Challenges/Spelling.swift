/// "Did you mean": the nearest word of a list.
enum Spelling {
    /// The candidate that needs the fewest changes, if they are few for the length of the word; the first of equals.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let folded = Array(word.lowercased().prefix(80))
        let allowed = folded.count < 4 ? 1 : folded.count < 8 ? 2 : 3
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let target = Array(candidate.lowercased())
            guard abs(target.count - folded.count) <= allowed else { continue }
            let distance = edits(folded, target)
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance).
    private static func edits(_ a: [Character], _ b: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
