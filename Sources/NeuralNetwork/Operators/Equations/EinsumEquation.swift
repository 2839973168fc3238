/// The equation of an `Einsum`, read but not yet fitted to shapes. Letters are their ASCII codes.
struct EinsumEquation: Sendable {
    /// The indices of one operand or of the result, around the place of the ellipsis.
    struct Term: Sendable {
        var before: [Int] = []
        /// The indices behind the ellipsis; `nil` without one.
        var after: [Int]?

        var letters: [Int] { before + (after ?? []) }
    }

    let terms: [Term]
    let result: Term

    /// Reads `"ij,jk->ik"`; without an arrow the result has the letters that appear once, in order.
    init(_ text: String, node: Node) throws(NetworkError) {
        guard text.utf8.count <= 4096 else {
            throw node.error(.limit, "the equation has \(text.utf8.count) characters; at most 4096 are read")
        }
        let bytes = text.utf8.filter { $0 != 32 }.map(Int.init), arrow = EinsumEquation.arrow(in: bytes)
        let left = arrow.map { Array(bytes[..<$0]) } ?? bytes
        var terms: [Term] = []
        for part in left.split(separator: 44, omittingEmptySubsequences: false) {
            terms.append(try EinsumEquation.term(Array(part), node))
        }
        self.terms = terms
        guard let arrow else {
            var counts: [Int: Int] = [:]
            for letter in terms.flatMap(\.letters) { counts[letter, default: 0] += 1 }
            let letters = counts.filter { $0.value == 1 }.keys.sorted()
            let hasEllipsis = terms.contains { $0.after != nil }
            result = hasEllipsis ? Term(before: [], after: letters) : Term(before: letters)
            return
        }
        let result = try EinsumEquation.term(Array(bytes[(arrow + 2)...]), node)
        let known = Set(terms.flatMap(\.letters))
        guard Set(result.letters).count == result.letters.count, result.letters.allSatisfy({ known.contains($0) }) else {
            throw node.error(.attribute, "the equation '\(text)' has a result with an index twice, or one that no term has")
        }
        self.result = result
    }

    private static func arrow(in bytes: [Int]) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == 45 && bytes[$0 + 1] == 62 }
    }

    private static func term(_ bytes: [Int], _ node: Node) throws(NetworkError) -> Term {
        var term = Term(), index = 0
        while index < bytes.count {
            if bytes[index] == 46 {
                guard index + 2 < bytes.count, bytes[index + 1] == 46, bytes[index + 2] == 46, term.after == nil else {
                    throw node.error(.attribute, "the equation has dots that are no single ellipsis in a term")
                }
                term.after = []
                index += 3
                continue
            }
            let isLetter = (65...90).contains(bytes[index]) || (97...122).contains(bytes[index])
            guard isLetter else {
                throw node.error(.attribute, "the equation has a character that is no letter; expected such as 'ij,jk->ik'")
            }
            if term.after == nil { term.before.append(bytes[index]) } else { term.after?.append(bytes[index]) }
            index += 1
        }
        return term
    }
}
